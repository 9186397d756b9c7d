// Compiles at once, where only finding, linking and starting are in question.
int main() {}

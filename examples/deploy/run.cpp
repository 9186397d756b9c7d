// Runs a package that AOTInductor made of a network, as package.py writes it, and says how far its
// results are from Python's. Nothing of nonlin is included or called: a package that calls its
// operators needs its library linked, one that was taken apart needs PyTorch alone.
#include <ATen/ATen.h>
#include <torch/csrc/inductor/aoti_package/model_package_loader.h>
#include <torch/csrc/jit/serialization/pickle.h>

#include <fstream>
#include <iostream>
#include <iterator>

namespace {

at::Tensor read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  return torch::jit::pickle_load(bytes).toTensor();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    std::cerr << "usage: run PACKAGE.pt2 FOLDER\n";
    return 2;
  }
  const std::string folder = arguments[2];
  const auto x = read(folder + "/inputs.pt"), want = read(folder + "/results.pt");
  try {
    torch::inductor::AOTIModelPackageLoader network(arguments[1]);
    double error = 0;
    for (const std::int64_t batch : {2, 7, 64}) {
      const auto got = network.run({x.narrow(0, 0, batch)})[0];
      const auto off = (got - want.narrow(0, 0, batch)).abs().max().item<double>();
      error = std::max(error, off);
    }
    std::cout << "largest difference " << error << '\n';
  } catch (const std::exception& error) {  // the first line says what is missing
    const std::string text = error.what();
    std::cerr << text.substr(0, text.find('\n')) << '\n';
    return 1;
  }
}

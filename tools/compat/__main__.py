"""Writes docs/compatibility.md from the results of every release."""

from compat.page import write

if __name__ == "__main__":
    write()

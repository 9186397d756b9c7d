"""docs/compatibility.md: features by operator and release of PyTorch, from results of the tests."""

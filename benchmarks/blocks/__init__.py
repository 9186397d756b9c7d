"""Blocks of networks under torch.compile, with our activations and with PyTorch's."""

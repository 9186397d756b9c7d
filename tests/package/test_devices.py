"""How tests come to a CUDA device, as far as a machine without one can tell."""

import subprocess
import sys

import device
import pytest
import torch
from development import ROOT

kept = torch.linspace(-2, 2, 5)


def made() -> set[str]:
    """Where tensors are: of this module, made by default, and made for references."""
    reference = device.on_cpu(lambda: torch.ones(1))()
    return {kept.device.type, torch.ones(1).device.type, f"reference on {reference.device.type}"}


def test_the_device_under_test(monkeypatch):
    monkeypatch.setattr(device, "DEVICE", "meta")
    before = kept
    with device.under_test():
        assert made() == {"meta", "reference on cpu"}
        assert device.device_name() == "meta" and device.here(before).is_meta
    assert made() == {"cpu", "reference on cpu"} and kept is before
    with device.under_test(default=False):
        assert made() == {"meta", "cpu", "reference on cpu"}
    with pytest.raises(ZeroDivisionError), device.under_test():
        _ = 1 / 0
    assert made() == {"cpu", "reference on cpu"} and kept is before


def test_a_device_can_be_required():
    """Then tests do not skip: without one nothing runs, and the reason is said."""
    command = [sys.executable, "-m", "pytest", "--require-cuda", "--collect-only", "-q", __file__]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    said = "ERROR: no CUDA device can be tested: " + device.why_not()
    assert (done.returncode, said in done.stderr) == ((4, True) if device.why_not() else (0, False))

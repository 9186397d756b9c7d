"""Models that are saved and loaded give the same results and gradients."""

import io

import torch
from compiling import agree
from conftest import script
from torch.autograd import grad


def check_script(model: torch.nn.Module, x: torch.Tensor) -> None:
    """Scripted and traced, saved and loaded."""
    want = grad(model(x).square().sum(), list(model.parameters()))
    for converted in (script(model), script(model, x[:2])):
        buffer = io.BytesIO()
        torch.jit.save(converted, buffer)
        buffer.seek(0)
        for m in (converted, torch.jit.load(buffer)):
            for _ in range(3):  # the profiling executor optimises repeated runs
                agree(m(x), model(x))
                agree(grad(m(x).square().sum(), list(m.parameters())), want)


def check_export(model: torch.nn.Module, program: torch.export.ExportedProgram) -> None:
    """Exported, saved and loaded, with any number of rows of four."""
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    buffer.seek(0)
    x, gradients = torch.randn(5, 4), []
    for m in (model, program.module(), torch.export.load(buffer).module()):
        for rows in (2, 33):
            agree(m(torch.ones(rows, 4)), model(torch.ones(rows, 4)))
        agree(m(x), model(x))
        m.zero_grad()
        m(x).square().sum().backward()
        gradients.append([p.grad.clone() for p in m.parameters()])
    agree(gradients[1], gradients[0])
    agree(gradients[2], gradients[0])

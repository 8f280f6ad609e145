"""The vision encoder: motion energies from the start, and a faster order of the same arithmetic."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from sv6d.model.fast_vision import restore_vision, speed_up_vision
from sv6d.model.motion_energy import filter_bank, start_with_motion_energy
from sv6d.model.tiny import PATCH_PX, build_model, build_tokenizer


@pytest.fixture
def vision() -> Any:
    return build_model(build_tokenizer(["a"], vocab_size=300), seed=3).model.visual


def drifting(step_px: float, axis: int) -> torch.Tensor:
    """One patch of a grating in both frames, moved by `step_px` between them: [1, 3 * 2 * 16 * 16]."""
    place = torch.arange(PATCH_PX, dtype=torch.float32)
    frames = []
    for frame in (0, 1):
        wave = torch.cos(2 * torch.pi / 14.0 * (place - frame * step_px))
        frames.append(wave.expand(PATCH_PX, PATCH_PX) if axis == 0 else wave[:, None].expand(PATCH_PX, PATCH_PX))
    return torch.stack(frames).expand(3, 2, PATCH_PX, PATCH_PX).reshape(1, -1)


def test_filters_are_unit_and_blind_to_flat_light() -> None:
    filters = filter_bank(PATCH_PX).flatten(0, 4).flatten(1)
    assert filters.shape == (32, 3 * 2 * PATCH_PX * PATCH_PX)
    assert torch.allclose(filters.norm(dim=1), torch.ones(32), atol=1e-5)
    assert filters.sum(dim=1).abs().max() < 1e-3


@pytest.mark.parametrize("axis", [0, 1])
def test_opponent_energies_tell_the_directions_apart(axis: int) -> None:
    bank = filter_bank(PATCH_PX)

    def opponents(patch: torch.Tensor) -> torch.Tensor:
        energies = (bank.flatten(5) @ patch[0]).square().sum(-1)
        return energies[..., 0] - energies[..., 1]  # [wavelength, axis, shift]

    there, back, still = (opponents(drifting(step, axis)) for step in (3.0, -3.0, 0.0))
    assert torch.all(there[:, axis] * back[:, axis] < 0), "opposite ways, opposite signs"
    assert torch.all(there[:, axis].abs() > 20 * still[:, axis].abs()), "at rest nothing"
    assert there[:, axis].abs().min() > 5 * there[:, 1 - axis].abs().max(), "the other axis is silent"


def test_the_first_block_computes_them(vision: Any) -> None:
    start_with_motion_energy(vision)
    grid = torch.tensor([[1, 2, 2]])

    def out(step: float) -> torch.Tensor:
        embedded: list[torch.Tensor] = []
        handle = vision.blocks[0].mlp.register_forward_hook(lambda m, i, o: embedded.append(o))
        vision(drifting(step, 0).repeat(4, 1), grid_thw=grid)
        handle.remove()
        return embedded[0][:, 32:40].mean(0).reshape(2, 2, 2)[:, 0]  # along x

    # The hidden units keep the seed's noise for other channels; these eight hold the energies.
    assert torch.all(out(3.0) * out(-3.0) < 0)


def test_the_faster_order_gives_the_same_numbers(vision: Any) -> None:
    torch.manual_seed(0)
    patches = torch.rand((2 * 2 * 24, 3 * 2 * PATCH_PX * PATCH_PX)) * 2 - 1
    grid = torch.tensor([[2, 6, 4], [2, 6, 4]])

    def run() -> tuple[torch.Tensor, torch.Tensor]:
        vision.zero_grad()
        pooled = vision(patches, grid_thw=grid).pooler_output
        pooled.square().sum().backward()
        return pooled.detach(), vision.patch_embed.proj.weight.grad.clone()

    plain, plain_gradient = run()
    speed_up_vision(vision)
    fast, fast_gradient = run()
    assert torch.allclose(fast, plain, atol=1e-5)
    assert torch.allclose(fast_gradient, plain_gradient, rtol=1e-3, atol=1e-4)
    restore_vision(vision)
    assert torch.equal(run()[0], plain)


def test_groups_of_unequal_size_take_the_long_way(vision: Any) -> None:
    torch.manual_seed(0)
    patches = torch.rand((24 + 2 * 16, 3 * 2 * PATCH_PX * PATCH_PX)) * 2 - 1
    grid = torch.tensor([[1, 6, 4], [2, 4, 4]])
    plain = vision(patches, grid_thw=grid).pooler_output
    speed_up_vision(vision)
    assert torch.allclose(vision(patches, grid_thw=grid).pooler_output, plain, atol=1e-5)

"""The vision encoder's arithmetic in an order that a CPU likes; same weights, same numbers up to rounding.

Measured on one core, 32 clips of 8 frames at 64 x 96: forward and backward 0.26 s as shipped, 0.13 s so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

import torch
from torch.nn import functional

from sv6d.model.torchvision_shim import ensure_torchvision_importable

ensure_torchvision_importable()

from transformers.models.qwen3_vl.modeling_qwen3_vl import apply_rotary_pos_emb_vision  # noqa: E402


def speed_up_vision(vision: Any) -> None:
    """Replace two forward methods of this encoder object; saved files are the same.

    The patch embedding's kernel is as large as its stride, so its convolution is one matrix product.
    Attention within each group of frames is one batched call where all groups are equally large,
    in place of a call per group.
    """
    vision.patch_embed.forward = MethodType(_embed, vision.patch_embed)
    for block in vision.blocks:
        block.attn.forward = MethodType(_attend, block.attn)


def restore_vision(vision: Any) -> None:
    """Take `speed_up_vision` back."""
    for module in (vision.patch_embed, *(block.attn for block in vision.blocks)):
        module.__dict__.pop("forward", None)


@contextmanager
def faster_on_cpu(model: Any) -> Iterator[None]:
    """The faster order within the block, for a Qwen3-VL on a CPU; a GPU has kernels of its own."""
    if model.device.type != "cpu":
        yield
        return
    speed_up_vision(model.model.visual)
    try:
        yield
    finally:
        restore_vision(model.model.visual)


def _embed(self: Any, hidden_states: torch.Tensor) -> torch.Tensor:
    weight = self.proj.weight.flatten(1)
    embedded: torch.Tensor = functional.linear(
        hidden_states.view(-1, weight.shape[1]).to(weight.dtype), weight, self.proj.bias
    )
    return embedded


def _attend(
    self: Any,
    hidden_states: torch.Tensor,
    cu_seqlens: torch.Tensor,
    position_embeddings: tuple[torch.Tensor, torch.Tensor],
    **kwargs: Any,
) -> torch.Tensor:
    lengths = cu_seqlens.diff()
    if not bool((lengths == lengths[0]).all()):
        plain: torch.Tensor = type(self).forward(
            self, hidden_states, cu_seqlens=cu_seqlens, position_embeddings=position_embeddings, **kwargs
        )
        return plain
    num_patches, group = hidden_states.shape[0], int(lengths[0])
    q_NHD, k_NHD, v_NHD = self.qkv(hidden_states).reshape(num_patches, 3, self.num_heads, -1).unbind(1)
    q_NHD, k_NHD = apply_rotary_pos_emb_vision(q_NHD, k_NHD, *position_embeddings)
    q_GHND, k_GHND, v_GHND = (
        x.reshape(-1, group, self.num_heads, x.shape[-1]).transpose(1, 2) for x in (q_NHD, k_NHD, v_NHD)
    )
    mixed = functional.scaled_dot_product_attention(q_GHND, k_GHND, v_GHND, scale=self.scaling)
    projected: torch.Tensor = self.proj(mixed.transpose(1, 2).reshape(num_patches, -1))
    return projected

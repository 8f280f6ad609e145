"""Before captioning, the vision encoder learns what there is to see: a lesson with throw-away heads.

A caption's loss reaches the encoder through a language model that knows nothing yet. Measured: with
captions and these heads together from the start, camera movement stays near chance (0.26 of 7 values
after 24,000 samples). After a lesson of 1,500 steps the heads read 0.91 of held-out movements from the
mean token, and 1,000 steps of captions later the language model says 0.81 of them (docs/log.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sv6d.model.sampling import FrameSampling
from sv6d.model.torchvision_shim import ensure_torchvision_importable
from sv6d.schema.fields import FIELDS, Field
from sv6d.studio.camera import path_of
from sv6d.studio.plan import ClipPlan
from sv6d.studio.truth import shot_values

ensure_torchvision_importable()

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402

# Fields that a shot of the studio has exactly one value of, and those with any number.
_ONE = tuple(f for f in FIELDS if f.name in ("camera_movement", "subject_type", "lighting_key", "colour_tone"))
_MANY = tuple(f for f in FIELDS if f.name in ("beat", "packaging"))
# A change of scale, as pixels at the picture's edge, so that it weighs like a shift.
_SCALE_PX = 40.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What is to be seen in the frames of a shot.

    Attributes:
        values: by field name.
        shifts_P3: of each pair of frames (right px, down px, log scale x 40), in the model's pixels.
    """

    values: dict[str, tuple[str, ...]]
    shifts_P3: np.ndarray  # noqa: N815 - shape suffixes are the house style


def sight_of(plan: ClipPlan, shot: int, times_ns: Sequence[int], sampling: FrameSampling) -> Sight:
    """The sight of one shot at the times of its sampled frames."""
    path = path_of(plan, shot)
    fit = min(sampling.height_px / plan.height, sampling.width_px / plan.width)
    views = [path.view(time_ns) for time_ns in times_ns]
    ways = np.array([(view.x * fit, view.y * fit, float(np.log(view.scale)) * _SCALE_PX) for view in views])
    pairs = len(views) // 2 * 2
    return Sight(shot_values(plan, shot), ways[1:pairs:2] - ways[0:pairs:2])


class Heads(nn.Module):
    """Linear readings of the encoder's mean tokens: values of the fields, and the shift of each pair.

    The mean is what a language model's attention hands on most easily: what can be read from it can
    be said. What needs the tokens' places has to be worked out within the encoder.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.shift = nn.Linear(width, 3)
        self.fields = nn.ModuleDict({field.name: nn.Linear(width, len(field.values)) for field in (*_ONE, *_MANY)})

    def loss(self, tokens_BPTC: torch.Tensor, sights: Sequence[Sight]) -> torch.Tensor:
        """Of tokens [clips, pairs of frames, tokens of a pair, channels] against what is to be seen; 0 or more."""
        shifts = torch.tensor(np.stack([sight.shifts_P3 for sight in sights]), dtype=torch.float32)
        pair_BPC = tokens_BPTC.mean(dim=2)
        total = functional.smooth_l1_loss(self.shift(pair_BPC), shifts)
        mean_BC = pair_BPC.mean(dim=1)
        for field in _ONE:
            right = torch.tensor([field.values.index(sight.values[field.name][0]) for sight in sights])
            total = total + functional.cross_entropy(self.fields[field.name](mean_BC), right)
        for field in _MANY:
            chosen = torch.tensor([_chosen(field, sight) for sight in sights])
            total = total + functional.binary_cross_entropy_with_logits(self.fields[field.name](mean_BC), chosen)
        return total


def _chosen(field: Field, sight: Sight) -> list[float]:
    return [float(value in sight.values.get(field.name, ())) for value in field.values]

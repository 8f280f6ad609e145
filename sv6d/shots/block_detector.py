"""The default detector: no neural network, small pictures, and an explicit model of each kind of change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sv6d.shots.blocks import activity, block_means, planes
from sv6d.shots.boundary import FrameBoundary, Pictures
from sv6d.shots.bursts import without_bursts
from sv6d.shots.cadence import distinct_frames, in_all_frames, only
from sv6d.shots.cards import find_card_changes, still_pages, without_additions
from sv6d.shots.ends import without_returns
from sv6d.shots.fades import contrasts, find_fades, joined_halves, without_last_steps
from sv6d.shots.hard_cuts import find_hard_cuts
from sv6d.shots.insets import find_inset_mixes
from sv6d.shots.mixes import find_mixes
from sv6d.shots.page_changes import find_page_changes
from sv6d.shots.rushes import with_rushes
from sv6d.shots.split_screens import without_split_screens
from sv6d.shots.wipes import find_wipes


class BlockDetector:
    """Hard cuts by change that neither motion nor light explains, fades by ramps of contrast, dissolves as mixtures,
    wipes by a front, changes of still pages by what they take away; whips and zooms are cuts in the midst of a blur."""

    name = "blocks-8"

    def find(self, pictures: Pictures) -> list[FrameBoundary]:
        planes_TCHW = planes(pictures.yuv_TCHW)
        change = activity(planes_TCHW)
        frames = distinct_frames(change)
        if len(frames) == len(planes_TCHW):
            return self._find(pictures, planes_TCHW, change)
        planes_TCHW = planes_TCHW[frames]
        found = self._find(only(pictures, frames), planes_TCHW, activity(planes_TCHW))
        return in_all_frames(found, frames, len(pictures.yuv_TCHW))

    def _find(self, pictures: Pictures, planes_TCHW: np.ndarray, change: np.ndarray) -> list[FrameBoundary]:
        fields = block_means(planes_TCHW)
        frame_ns = pictures.frame_ns()
        still = still_pages(planes_TCHW, change, pictures.looks, frame_ns)
        cuts = without_split_screens(find_hard_cuts(planes_TCHW, change), planes_TCHW, pictures.looks)
        cuts = without_additions(cuts, planes_TCHW, change, pictures.looks, still, frame_ns)
        contrast_T = contrasts(planes_TCHW, frame_ns)
        cuts = without_last_steps(cuts, contrast_T, frame_ns)
        fades, at_ends = find_fades(planes_TCHW, contrast_T, [cut.first for cut in cuts], frame_ns)
        # The jump of a short fade is no cut.
        cuts = [cut for cut in cuts if not any(fade.first < cut.first < fade.pure for fade in fades)]
        fixed = [*_spans(cuts), *_spans(fades), *at_ends]
        mixes = find_mixes(planes_TCHW, fields, contrast_T, fixed, frame_ns)
        gradual = joined_halves(sorted((*fades, *mixes), key=lambda item: item.first), frame_ns)
        gradual = without_returns(gradual, planes_TCHW, frame_ns)
        cuts = without_bursts(cuts, gradual, planes_TCHW, frame_ns)
        gradual = without_bursts(gradual, cuts, planes_TCHW, frame_ns)
        taken = [*fixed, *_spans(mixes)]
        wipes = find_wipes(planes_TCHW, fields, taken, frame_ns)
        taken += _spans(wipes)
        insets = find_inset_mixes(planes_TCHW, fields, change, contrast_T, taken, frame_ns)
        # A mixture that was dropped, since its ends are alike as small pictures, may be one of two alike pages.
        told = [*fixed, *_spans(gradual), *_spans(wipes), *_spans(insets)]
        pages = find_page_changes(planes_TCHW, change, told, pictures.stills, frame_ns)
        cards = find_card_changes(planes_TCHW, [*taken, *_spans(insets)], pictures.looks, still, frame_ns)
        cards = without_split_screens(cards, planes_TCHW, pictures.looks)
        found = sorted((*cuts, *gradual, *wipes, *insets, *pages, *cards), key=lambda item: item.first)
        return with_rushes(found, planes_TCHW, frame_ns)


def _spans(found: Sequence[FrameBoundary]) -> list[tuple[int, int]]:
    """Frames [first, pure) of each."""
    return [(item.first, item.pure) for item in found]

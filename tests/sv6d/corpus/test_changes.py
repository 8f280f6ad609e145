"""What changes at cuts, told from labels on both sides."""

from __future__ import annotations

from sv6d.corpus.changes import cut_changes
from tests.sv6d.handmade import document, ns


def test_the_first_change_in_the_order_of_classes_names_the_cut() -> None:
    made = document(
        "a",
        [0.0, 2.0, 4.0],
        [
            {"subject_type": "food", "lighting_key": "low_key", "camera_movement": "static"},
            {"subject_type": "vehicle", "lighting_key": "high_key", "camera_movement": "static"},
        ],
    )
    [told], num_without = cut_changes(made)
    assert num_without == 0
    assert told.change == "subject"
    assert told.changes == ("subject_type", "lighting_key")
    assert told.compared == ("subject_type", "camera_movement", "lighting_key")
    assert told.text == (
        "At 2.0 s the subject changes from food to vehicle and the light changes from low key to high key."
    )
    assert (told.cut_ns, told.shot) == (ns(2.0), "s1")


def test_it_cites_the_boundary_and_the_labels_that_differ_with_their_evidence() -> None:
    made = document(
        "a",
        [0.0, 2.0, 4.0],
        [{"subject_type": "food", "colour_tone": "warm"}, {"subject_type": "food", "colour_tone": "cool"}],
    )
    [told], _ = cut_changes(made)
    assert told.change == "light"
    assert told.labels == ("l0.colour_tone.warm", "l1.boundary", "l1.colour_tone.cool")
    assert told.evidence == ("e0.colour_tone", "e1.boundary", "e1.colour_tone")


def test_equal_labels_on_both_sides_are_no_change_and_are_cited() -> None:
    made = document("a", [0.0, 2.0, 4.0], [{"subject_type": "food"}, {"subject_type": "food"}])
    [told], _ = cut_changes(made)
    assert (told.change, told.changes) == ("nothing", ())
    assert told.labels == ("l0.subject_type.food", "l1.boundary", "l1.subject_type.food")


def test_what_is_labelled_on_one_side_only_is_no_change() -> None:
    made = document("a", [0.0, 2.0, 4.0], [{"packaging": ("caption", "hook_line")}, {}])
    assert cut_changes(made) == ([], 1)


def test_a_boundary_without_a_kept_label_is_not_compared() -> None:
    made = document("a", [0.0, 2.0, 4.0, 6.0], [{"subject_type": kind} for kind in ("food", "plant", "animal")])
    kept = made.model_copy(update={"labels": tuple(label for label in made.labels if label.id != "l1.boundary")})
    found, num_without = cut_changes(kept)
    assert [told.shot for told in found] == ["s2"]
    assert num_without == 1


def test_ids_follow_the_place_and_not_the_labels() -> None:
    sides = [{"subject_type": "food"}, {"subject_type": "plant"}]
    [a], _ = cut_changes(document("a", [0.0, 2.0, 4.0], sides))
    [b], _ = cut_changes(document("a", [0.0, 2.0, 4.0], sides[::-1]))
    [c], _ = cut_changes(document("c", [0.0, 2.0, 4.0], sides))
    assert a.extension_id == b.extension_id != c.extension_id

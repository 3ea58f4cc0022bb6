//! Applying edits.

use plimsoll_yaml::{Edit, EditError, SourceId, Span, apply};

fn span(start: u32, end: u32) -> Span {
    Span {
        source: SourceId(0),
        start,
        end,
    }
}

fn edit(start: u32, end: u32, text: &str) -> Edit {
    Edit {
        span: span(start, end),
        text: text.into(),
    }
}

#[test]
fn edits_apply_in_the_order_of_their_places() {
    let edits = [edit(3, 4, "two"), edit(0, 1, "b"), edit(5, 5, "c: 3\n")];
    assert_eq!(apply("a: 1\n", &edits).unwrap(), "b: two\nc: 3\n");
    assert_eq!(apply("a: 1\n", &[]).unwrap(), "a: 1\n");
}

#[test]
fn insertions_at_one_place_keep_their_order_and_stand_before_a_replacement() {
    let edits = [edit(1, 2, "X"), edit(1, 1, "1"), edit(1, 1, "2")];
    assert_eq!(apply("abc", &edits).unwrap(), "a12Xc");
}

#[test]
fn neighbours_do_not_overlap_but_shared_bytes_do() {
    assert_eq!(
        apply("abcd", &[edit(0, 2, ""), edit(2, 4, "x")]).unwrap(),
        "x"
    );
    let overlap = EditError::Overlap(span(0, 2), span(1, 3));
    assert_eq!(
        apply("abcd", &[edit(1, 3, ""), edit(0, 2, "")]),
        Err(overlap)
    );
    let inside = EditError::Overlap(span(0, 2), span(1, 1));
    assert_eq!(
        apply("abcd", &[edit(1, 1, "x"), edit(0, 2, "")]),
        Err(inside)
    );
    let twice = EditError::Overlap(span(0, 2), span(0, 2));
    assert_eq!(
        apply("abcd", &[edit(0, 2, "x"), edit(0, 2, "x")]),
        Err(twice)
    );
}

#[test]
fn ranges_that_are_no_ranges_of_characters_are_refused() {
    for (start, end) in [(1, 2), (0, 99), (2, 0), (99, 99)] {
        let refused = Err(EditError::OutOfPlace(span(start, end)));
        assert_eq!(
            apply("é", &[edit(start, end, "")]),
            refused,
            "{start}..{end}"
        );
    }
}

#[test]
fn edits_of_two_sources_are_refused() {
    let mut other = edit(1, 1, "x");
    other.span.source = SourceId(1);
    assert!(matches!(
        apply("ab", &[edit(0, 0, "y"), other]),
        Err(EditError::TwoSources(..))
    ));
}

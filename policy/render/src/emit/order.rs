//! The order of keys: natural, so that `port2` is before `port10`, and what is no letter before letters.
//!
//! The order is that of `sorter.go` in `sigs.k8s.io/yaml`. It is not transitive: `10` is before `1a`, `1a` before `2`,
//! and `2` before `10`. Go's maps are shuffled, so kustomize prints such keys differently from run to run; here they
//! depend on the order they are given in. The standard library's sort may panic on such an order, so this one is ours.

/// Up to this many items, moving them one by one is faster than merging.
const FEW: usize = 16;

/// Sorts by key.
pub(super) fn sort<T: Copy>(items: &mut [T], key: impl Fn(&T) -> &str + Copy) {
    if items.len() <= FEW {
        return insert(items, key);
    }
    let (left, right) = items.split_at_mut(items.len() / 2);
    sort(left, key);
    sort(right, key);
    if is_less(key(&right[0]), key(&left[left.len() - 1])) {
        merge(items, key);
    }
}

fn insert<T: Copy>(items: &mut [T], key: impl Fn(&T) -> &str) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && is_less(key(&items[at]), key(&items[at - 1])) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

/// Merges two sorted halves.
fn merge<T: Copy>(items: &mut [T], key: impl Fn(&T) -> &str) {
    let half = items.len() / 2;
    let left = items[..half].to_vec();
    let (mut from_left, mut from_right) = (0, half);
    for to in 0..items.len() {
        if from_left == left.len() {
            return;
        }
        let right_first =
            from_right < items.len() && is_less(key(&items[from_right]), key(&left[from_left]));
        if right_first {
            items[to] = items[from_right];
            from_right += 1;
        } else {
            items[to] = left[from_left];
            from_left += 1;
        }
    }
}

/// Whether one key goes before another.
fn is_less(a: &str, b: &str) -> bool {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    if same == a.len() || same == b.len() {
        return a.len() < b.len();
    }
    // Both texts are the same up to there, so a character begins there in both or in neither.
    let at = (0..=same).rev().find(|&at| a.is_char_boundary(at));
    let (before, rest_a) = a.split_at(at.unwrap_or(0));
    let rest_b = &b[before.len()..];
    let (Some(first_a), Some(first_b)) = (rest_a.chars().next(), rest_b.chars().next()) else {
        return rest_a.len() < rest_b.len();
    };
    match (first_a.is_alphabetic(), first_b.is_alphabetic()) {
        (true, true) => first_a < first_b,
        (false, false) => {
            let start = i64::from((first_a == '0' || first_b == '0') && ends_in_number(before));
            (digits(rest_a, start), first_a) < (digits(rest_b, start), first_b)
        }
        (_, letter) => letter,
    }
}

/// Whether the digits at the end are more than zeros: a `0` behind them is no leading zero then.
fn ends_in_number(text: &str) -> bool {
    let mut digits = text.bytes().rev().take_while(u8::is_ascii_digit);
    digits.any(|digit| digit != b'0')
}

/// The number that a text begins with, and how many digits it has. It wraps around, as Go's does.
fn digits(text: &str, start: i64) -> (i64, usize) {
    let digits = text.bytes().take_while(u8::is_ascii_digit);
    digits.fold((start, 0), |(number, count), digit| {
        let next = number
            .wrapping_mul(10)
            .wrapping_add(i64::from(digit - b'0'));
        (next, count + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(text: &str) -> String {
        let mut keys: Vec<&str> = text.split(' ').collect();
        sort(&mut keys, |key| key);
        keys.join(" ")
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert_eq!(
            sorted("port10 port9 port port1 port01 port010"),
            "port port1 port01 port9 port10 port010"
        );
        assert_eq!(
            sorted("a100 a10 a1 a.1 a-1 aB ab"),
            "a-1 a.1 a1 a10 a100 aB ab"
        );
    }

    #[test]
    fn letters_are_last() {
        assert_eq!(sorted("é z A _ ~ 1 ."), ". _ ~ 1 A z é");
        assert_eq!(sorted("é è éa"), "è é éa");
    }

    #[test]
    fn many_keys_are_merged() {
        let keys: Vec<String> = (0..100).map(|n| format!("k{n}")).collect();
        let shuffled: Vec<&str> = (0..100).map(|n| keys[n * 37 % 100].as_str()).collect();
        assert_eq!(sorted(&shuffled.join(" ")), keys.join(" "));
    }

    #[test]
    fn an_order_that_runs_in_a_circle_ends() {
        let keys: Vec<String> = (0..200)
            .map(|n| format!("{}{}", n % 13, ["", "a", "0"][n % 3]))
            .collect();
        assert_eq!(sorted(&keys.join(" ")).len(), keys.join(" ").len());
    }
}

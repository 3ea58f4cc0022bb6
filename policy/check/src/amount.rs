//! Counts that may be percentages: `maxUnavailable: 1`, `minAvailable: 50%`.

use plimsoll_yaml::{Node, Scalar};

/// A count, or a share of a total; `k8s.io/apimachinery/pkg/util/intstr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    value: i64,
    percent: bool,
}

impl Amount {
    /// Reads a whole number or a text such as `25%`; `None` for all else, which the API server refuses: `"1"` in quotes,
    /// `2.5%`, a negative number.
    pub fn read(node: Node<'_>) -> Option<Self> {
        let (value, percent) = match node.scalar()? {
            Scalar::Str(text) => {
                let digits = text.strip_suffix('%')?;
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                (digits.parse().ok()?, true)
            }
            _ => (node.int()?, false),
        };
        (value >= 0).then_some(Self { value, percent })
    }

    /// A count that is no share.
    pub fn count(value: i64) -> Self {
        Self {
            value,
            percent: false,
        }
    }

    /// A share of a hundred.
    pub fn percent(value: i64) -> Self {
        Self {
            value,
            percent: true,
        }
    }

    /// None at all: `0` or `0%`.
    pub fn is_zero(self) -> bool {
        self.value == 0
    }

    /// The whole of any total: `100%` and more.
    pub fn is_everything(self) -> bool {
        self.percent && self.value >= 100
    }

    /// A share of more than the whole, which a `PodDisruptionBudget` may not name.
    pub fn is_more_than_everything(self) -> bool {
        self.percent && self.value > 100
    }

    /// The count, of a total; a share is rounded up, as for `minAvailable`, for the `maxUnavailable` of a budget, and for
    /// `maxSurge`.
    pub fn rounded_up(self, total: i64) -> i64 {
        if !self.percent {
            return self.value;
        }
        let hundredths = self.value.saturating_mul(total);
        hundredths.div_euclid(100) + i64::from(hundredths.rem_euclid(100) > 0)
    }

    /// The count, of a total; a share is rounded down, as for the `maxUnavailable` of a Deployment.
    pub fn rounded_down(self, total: i64) -> i64 {
        if self.percent {
            self.value.saturating_mul(total).div_euclid(100)
        } else {
            self.value
        }
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.value, if self.percent { "%" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;
    use plimsoll_yaml::{Limits, SourceId, Tree};

    fn read(text: &str) -> Option<Amount> {
        let tree = Tree::parse(SourceId(0), text, &Limits::default());
        tree.documents()
            .find_map(|document| document.root)
            .and_then(Amount::read)
    }

    #[test]
    fn counts_and_shares_are_told_apart() {
        assert_eq!(read("3"), Some(Amount::count(3)));
        assert_eq!(read("50%"), Some(Amount::percent(50)));
        for text in ["\"3\"", "-1", "2.5%", "%", "half", "[1]", "+5%"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn shares_round_both_ways() {
        let third = Amount::percent(33);
        assert_eq!((third.rounded_up(3), third.rounded_down(3)), (1, 0));
        assert_eq!(Amount::percent(50).rounded_up(7), 4);
        assert_eq!(Amount::percent(25).rounded_up(0), 0);
        assert_eq!(Amount::count(2).rounded_up(1), 2);
    }
}

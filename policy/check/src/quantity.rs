//! Resource quantities, by `k8s.io/apimachinery/pkg/api/resource`.

/// An amount: `100m`, `1.5Gi`, `1e3`. Held in thousandths of a unit, rounded up, as the API server rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    milli: i128,
}

impl Quantity {
    /// Reads a quantity; `None` for what the API server refuses.
    ///
    /// `<sign><digits>[.<digits>]<suffix>`, where the suffix is binary (`Ki` … `Ei`), decimal (`n u m k M G T P E`) or an
    /// exponent (`e3`, `E3`).
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let number_end = unsigned
            .bytes()
            .position(|byte| !byte.is_ascii_digit() && byte != b'.')
            .unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(number_end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty())
            || fraction.contains('.')
            || whole.len() > 18
            || fraction.len() > 18
        {
            return None;
        }
        // Both are digits and together at most 36 of them, which fit.
        let digits = whole.bytes().chain(fraction.bytes());
        let digits = digits.fold(0, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        let (base, exponent) = scale(suffix)?;
        let milli = scaled(digits, base, exponent, fraction.len() as u32)?;
        Some(Self {
            milli: if negative { -milli } else { milli },
        })
    }

    /// A whole number of units.
    pub fn from_units(units: i64) -> Self {
        Self {
            milli: i128::from(units) * 1000,
        }
    }

    /// Thousandths of a unit: millicores, for processors.
    pub fn milli(self) -> i128 {
        self.milli
    }

    /// Whole units, rounded up: bytes, for memory.
    pub fn units(self) -> i128 {
        self.milli.div_euclid(1000) + i128::from(self.milli.rem_euclid(1000) > 0)
    }

    /// More than nothing.
    pub fn is_positive(self) -> bool {
        self.milli > 0
    }
}

/// Base and exponent of a suffix.
fn scale(suffix: &str) -> Option<(i128, i32)> {
    Some(match suffix {
        "" => (10, 0),
        "n" => (10, -9),
        "u" => (10, -6),
        "m" => (10, -3),
        "k" => (10, 3),
        "M" => (10, 6),
        "G" => (10, 9),
        "T" => (10, 12),
        "P" => (10, 15),
        "E" => (10, 18),
        "Ki" => (2, 10),
        "Mi" => (2, 20),
        "Gi" => (2, 30),
        "Ti" => (2, 40),
        "Pi" => (2, 50),
        "Ei" => (2, 60),
        _ => {
            let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            (-27..=27).contains(&exponent).then_some((10, exponent))?
        }
    })
}

/// `digits × base^exponent ÷ 10^fraction`, in thousandths, rounded up.
fn scaled(digits: i128, base: i128, exponent: i32, fraction: u32) -> Option<i128> {
    let (mut up, mut down) = (1000_i128, 10_i128.checked_pow(fraction)?);
    let power = base.checked_pow(exponent.unsigned_abs())?;
    if exponent >= 0 {
        up = up.checked_mul(power)?;
    } else {
        down = down.checked_mul(power)?;
    }
    let product = digits.checked_mul(up)?;
    Some(product / down + i128::from(product % down != 0))
}

#[cfg(test)]
mod tests {
    use super::Quantity;

    fn milli(text: &str) -> Option<i128> {
        Quantity::parse(text).map(Quantity::milli)
    }

    #[test]
    fn every_form_of_suffix_is_read() {
        let cases = [
            ("100m", 100),
            ("0.5", 500),
            ("1", 1000),
            (".5", 500),
            ("1.", 1000),
            ("1e3", 1_000_000),
            ("1E3", 1_000_000),
            ("1.5Gi", 1_610_612_736_000),
            ("1k", 1_000_000),
            ("2E", 2_000_000_000_000_000_000_000),
            ("-1", -1000),
            ("1n", 1),
            ("0", 0),
        ];
        for (text, value) in cases {
            assert_eq!(milli(text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_the_api_server_refuses_is_refused() {
        for text in [
            "", "m", "Gi", "1 Gi", "1gi", "1GB", "1K", "1mi", "1.2.3", "abc", "1e", "--1", "１",
            "1e99",
        ] {
            assert_eq!(milli(text), None, "{text}");
        }
    }

    #[test]
    fn units_round_up() {
        assert_eq!(Quantity::parse("1500m").map(Quantity::units), Some(2));
        assert_eq!(Quantity::parse("1Ki").map(Quantity::units), Some(1024));
    }
}

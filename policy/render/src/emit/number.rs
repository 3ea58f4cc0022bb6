//! Numbers as Go prints them.

use std::fmt::Write;

/// A whole number.
pub(super) fn whole(out: &mut String, number: i128) {
    // Nearly all are small, and those are printed faster.
    let written = match i64::try_from(number) {
        Ok(number) => write!(out, "{number}"),
        Err(_) => write!(out, "{number}"),
    };
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}

/// Any other number. JSON writes those below 1e21 without an exponent, so that a whole one among them is read back as
/// such, if it fits into 64 bits.
pub(super) fn float(out: &mut String, number: f64) {
    if number.is_nan() {
        return out.push_str(".nan");
    }
    if number.is_infinite() {
        return out.push_str(if number < 0.0 { "-.inf" } else { ".inf" });
    }
    if number.fract() == 0.0 && number.abs() < 1e21 {
        let digits = format!("{number}");
        let fits = digits.parse::<i64>().is_ok() || digits.parse::<u64>().is_ok();
        if fits {
            return out.push_str(if number == 0.0 { "0" } else { &digits });
        }
    }
    shortest(out, number);
}

/// `strconv.FormatFloat(number, 'g', -1, 64)`: an exponent, of at least two digits, from a million on and below 0.0001.
fn shortest(out: &mut String, number: f64) {
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let written = if (-4..6).contains(&exponent) {
        write!(out, "{number}")
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(out, "{mantissa}e{sign}{:02}", exponent.abs())
    };
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_those_of_go() {
        for (number, printed) in [
            (0.5, "0.5"),
            (-0.0, "0"),
            (1e6, "1000000"),
            (1e19, "10000000000000000000"),
            (-1e19, "-1e+19"),
            (1e20, "1e+20"),
            (1e21, "1e+21"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (123_456.5, "123456.5"),
            (1_234_567.5, "1.2345675e+06"),
            (f64::NAN, ".nan"),
            (f64::NEG_INFINITY, "-.inf"),
        ] {
            let mut out = String::new();
            float(&mut out, number);
            assert_eq!(out, printed);
        }
    }
}

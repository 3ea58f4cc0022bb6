//! Address blocks, read as the API server reads them.

use std::net::{IpAddr, Ipv4Addr};

/// An address and how many of its bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cidr {
    address: IpAddr,
    length: u8,
}

impl Cidr {
    /// Reads `10.0.0.0/8` or `fd00::/8`. As `netutils.ParseCIDRSloppy` does, it lets leading zeros of IPv4 and bits
    /// after the length pass.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let address = address.parse().ok().or_else(|| sloppy(address))?;
        if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let length: u8 = length.parse().ok()?;
        let bits = if matches!(address, IpAddr::V4(_)) {
            32
        } else {
            128
        };
        (length <= bits).then_some(Self { address, length })
    }

    /// How many bits count.
    pub(crate) fn length(self) -> u8 {
        self.length
    }

    /// All addresses of its family.
    pub(crate) fn is_everything(self) -> bool {
        self.length == 0
    }

    /// Whether an address is one of it.
    pub(crate) fn holds(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let drop = 32 - u32::from(self.length);
                shift(own.to_bits().into(), drop) == shift(other.to_bits().into(), drop)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let drop = 128 - u32::from(self.length);
                shift(own.to_bits(), drop) == shift(other.to_bits(), drop)
            }
            _ => false,
        }
    }

    /// Whether another block lies in it and is smaller: what `except` asks for.
    pub(crate) fn strictly_holds(self, other: Self) -> bool {
        self.holds(other.address) && self.length < other.length
    }
}

fn shift(bits: u128, by: u32) -> u128 {
    bits.checked_shr(by).unwrap_or(0)
}

fn sloppy(text: &str) -> Option<IpAddr> {
    let mut octets = [0_u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts
            .next()
            .filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?;
        *octet = part.parse().ok()?;
    }
    parts
        .next()
        .is_none()
        .then_some(IpAddr::V4(Ipv4Addr::from(octets)))
}

#[cfg(test)]
mod tests {
    use super::Cidr;

    #[test]
    fn reads_what_the_api_server_reads() {
        for good in [
            "10.0.0.0/8",
            "010.0.0.0/8",
            "10.1.2.3/8",
            "0.0.0.0/0",
            "::/0",
            "fd00::1/64",
        ] {
            assert!(Cidr::parse(good).is_some(), "{good}");
        }
        for bad in [
            "10.0.0.0",
            "10.0.0/8",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "::/129",
            "a/8",
            "10.0.0.0.0/8",
        ] {
            assert!(Cidr::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn holds_what_lies_in_it() {
        let holds = |outer, inner| {
            let parse = |text| Cidr::parse(text).expect("the block is right");
            parse(outer).strictly_holds(parse(inner))
        };
        assert!(holds("0.0.0.0/0", "169.254.169.254/32"));
        assert!(holds("10.0.0.0/8", "10.1.0.0/16"));
        assert!(!holds("10.0.0.0/8", "10.0.0.0/8"));
        assert!(!holds("10.0.0.0/8", "11.0.0.0/16"));
        assert!(!holds("::/0", "10.0.0.0/16"));
        assert!(holds("fd00::/8", "fd00:ec2::/32"));
    }
}

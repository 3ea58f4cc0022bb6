//! stub
use super::objects::Objects;
use crate::{Result, Value};
pub struct Replacement;
impl Replacement {
    pub fn read(_: &Value<'_>) -> Result<Self> {
        Ok(Self)
    }
}
pub fn apply(_: &mut Objects<'_>, _: &[Replacement]) -> Result<()> {
    Ok(())
}

//! stub
use super::object::Object;
use crate::{Result, Value};
pub struct Selector;
impl Selector {
    pub fn read(_: &Value<'_>) -> Result<Self> {
        Ok(Self)
    }
    pub fn matches(&self, _: &Object<'_>) -> bool {
        false
    }
}

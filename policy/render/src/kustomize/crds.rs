//! stub
use super::config::Config;
use crate::{Result, Value};
pub fn config(_: &Value<'_>) -> Result<Config> {
    Ok(Config::default())
}

//! stub
use super::config::Config;
use super::objects::Objects;
use crate::{Result, Value};
#[derive(Clone, Debug)]
pub struct Variable<'s>(std::marker::PhantomData<&'s ()>);
impl<'s> Variable<'s> {
    pub fn read(_: &Value<'s>) -> Result<Self> {
        Ok(Self(std::marker::PhantomData))
    }
}
pub fn merge<'s>(_: &mut Vec<Variable<'s>>, _: &[Variable<'s>]) -> Result<()> {
    Ok(())
}
pub fn add<'s>(_: &mut Objects<'s>, _: &mut Vec<Variable<'s>>, _: Vec<Variable<'s>>) -> Result<()> {
    Ok(())
}
pub fn resolve<'s>(_: &mut Objects<'s>, _: &[Variable<'s>], _: &Config) -> Result<()> {
    Ok(())
}

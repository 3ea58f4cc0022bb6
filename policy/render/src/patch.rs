//! Patches, as kustomize applies them: [`strategic`] merge.

pub mod schema;
pub mod strategic;
#[cfg(test)]
mod testing;

/// stub
pub mod json6902 {
    use crate::{Result, Value};
    pub struct Operations<'s>(std::marker::PhantomData<&'s ()>);
    impl<'s> Operations<'s> {
        pub fn read(_: &Value<'s>) -> Result<Self> {
            Ok(Self(std::marker::PhantomData))
        }
        pub fn apply(&self, _: &mut Value<'s>) -> Result<()> {
            Ok(())
        }
    }
}

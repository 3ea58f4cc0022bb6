//! Patches, as kustomize applies them: [`strategic`] merge.

pub mod schema;
pub mod strategic;
#[cfg(test)]
mod testing;

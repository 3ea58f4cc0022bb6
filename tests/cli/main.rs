//! The command line as people and programs use it: the real binary, real files, an empty environment.

mod bad_input;
mod catalogue;
mod configuration;
mod formats;
mod kustomize;
mod support;
mod walking;

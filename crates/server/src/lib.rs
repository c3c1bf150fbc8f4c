//! The server: HTTP, command line, settings, assets and telemetry. It alone knows HTTP (invariant I4) and the environment (I6).

pub mod backup;
pub mod cli;
pub mod codegen;
pub mod config;
pub mod dispatch;
pub mod http;
pub mod licences;
pub mod start;
pub mod telemetry;
mod web;

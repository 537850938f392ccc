//! The run screen as an operator meets it: frames at three sizes, and what keys lead to.

mod frames;
mod keys;
mod pictures;

mod draw;
mod genesis;
mod interleavings;
mod keys;
mod reading;
mod release;
mod serve;
mod stake;

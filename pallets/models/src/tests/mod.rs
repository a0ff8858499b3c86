mod engines;
mod genesis;
mod reading;
mod retire;
mod status;
mod submit;

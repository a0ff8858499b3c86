mod genesis;
mod reading;
mod retire;
mod submit;

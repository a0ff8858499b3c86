//! The migrations of this version, run in the first block after an upgrade to it.

/// None: this is the first version.
pub type Migrations = ();

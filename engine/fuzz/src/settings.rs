//! Settings of a target, which `scripts/fuzz.sh` passes in the environment, since the command line is libFuzzer's.

use std::{
	env,
	path::{Path, PathBuf},
	sync::OnceLock,
	time::Duration,
};

/// The processor time beyond which loading or running a small file is reported as slow.
pub const SLOW_THRESHOLD: Duration = Duration::from_secs(2);

/// The limit in processor time for one call to the instrumented guest, which is slower than the shipped engine.
pub const INSTRUMENTED_TIMEOUT: Duration = Duration::from_secs(4);

/// The limit in wall-clock time for one call to the shipped engine.
pub const SHIPPED_TIMEOUT: Duration = Duration::from_secs(20);

/// The settings of a target.
pub struct Settings {
	/// The instrumented guest.
	pub guest: PathBuf,
	/// The folder that caches compiled guests.
	pub cache: PathBuf,
	/// The folder for defects and statistics.
	pub out: PathBuf,
	/// The folder of the models that inputs are made of and run on.
	pub models: PathBuf,
	/// The processor time after which the target stops. Without it, it never does.
	pub budget: Option<Duration>,
}

/// Returns the settings, which are read once. Panics if one is missing.
pub fn settings() -> &'static Settings {
	static SETTINGS: OnceLock<Settings> = OnceLock::new();
	SETTINGS.get_or_init(|| Settings {
		guest: path("ASSAY_FUZZ_GUEST"),
		cache: path("ASSAY_ENGINE_CACHE"),
		out: path("ASSAY_FUZZ_OUT"),
		models: path("ASSAY_FUZZ_MODELS"),
		budget: env::var("ASSAY_FUZZ_SECONDS").ok().map(|seconds| {
			let seconds = seconds.parse().expect("ASSAY_FUZZ_SECONDS is a number");
			Duration::from_secs(seconds)
		}),
	})
}

/// Returns the path in an environment variable.
fn path(name: &str) -> PathBuf {
	let path =
		env::var_os(name).unwrap_or_else(|| panic!("the environment variable {name} is not set: run scripts/fuzz.sh"));
	Path::new(&path).into()
}

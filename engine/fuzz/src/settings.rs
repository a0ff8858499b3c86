//! What `scripts/fuzz.sh` tells a target, by the environment, since the command line is libFuzzer's.

use std::{
	env,
	path::{Path, PathBuf},
	sync::OnceLock,
	time::Duration,
};

/// Beyond this a load or a run of a small file is noted as slow.
pub const SLOW: Duration = Duration::from_secs(2);

/// Processor time that the guest with counters has for one call. It is slower than the shipped one, whose time is what counts.
pub const DEADLINE: Duration = Duration::from_secs(4);

/// Time that the shipped engine has for one call, by the clock on the wall.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Settings {
	/// The guest with counters.
	pub guest: PathBuf,
	/// Where compiled guests are kept.
	pub cache: PathBuf,
	/// Where findings and figures go.
	pub out: PathBuf,
	/// The models that inputs are made of and run on.
	pub models: PathBuf,
	/// Processor time after which to stop; none means never.
	pub budget: Option<Duration>,
}

pub fn settings() -> &'static Settings {
	static SETTINGS: OnceLock<Settings> = OnceLock::new();
	SETTINGS.get_or_init(|| Settings {
		guest: folder("ASSAY_FUZZ_GUEST"),
		cache: folder("ASSAY_ENGINE_CACHE"),
		out: folder("ASSAY_FUZZ_OUT"),
		models: folder("ASSAY_FUZZ_MODELS"),
		budget: env::var("ASSAY_FUZZ_SECONDS").ok().map(|seconds| {
			let seconds = seconds.parse().expect("ASSAY_FUZZ_SECONDS is a number");
			Duration::from_secs(seconds)
		}),
	})
}

fn folder(name: &str) -> PathBuf {
	let path = env::var_os(name).unwrap_or_else(|| panic!("{name} is not set: run scripts/fuzz.sh"));
	Path::new(&path).into()
}

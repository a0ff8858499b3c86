use crate::{ArtifactStore, Progress, StoreError, MAX_CHUNK, MAX_UPLOADS};
use assay_primitives::{payload::MAX_ARTIFACT, Artifact, ArtifactId};
use std::{fs, path::Path};
use tempfile::TempDir;

fn store() -> (TempDir, ArtifactStore) {
	let folder = TempDir::new().unwrap();
	let store = ArtifactStore::open(folder.path()).unwrap();
	(folder, store)
}

fn files(folder: &Path, name: &str) -> Vec<std::path::PathBuf> {
	fs::read_dir(folder.join(name))
		.unwrap()
		.map(|file| file.unwrap().path())
		.collect()
}

fn progress(received: u64, complete: bool) -> Progress {
	Progress { received, complete }
}

#[test]
fn an_artifact_can_be_read_by_a_later_store_on_the_same_folder() {
	let (folder, store) = store();
	let artifact = store.put(b"weights").unwrap();
	assert_eq!(artifact, Artifact::of(b"weights"));
	assert_eq!(store.put(b"weights").unwrap(), artifact);

	let again = ArtifactStore::open(folder.path()).unwrap();
	assert_eq!(again.get(artifact.id).unwrap().as_deref(), Some(&b"weights"[..]));
	assert_eq!(again.len(artifact.id), Some(7));
	assert!(!again.has(ArtifactId::of(b"other")));
	assert_eq!(again.get(ArtifactId::of(b"other")).unwrap(), None);
}

#[test]
fn a_damaged_file_counts_as_missing_and_is_removed() {
	let (folder, store) = store();
	let artifact = store.put(b"weights").unwrap();
	fs::write(&files(folder.path(), "objects")[0], b"wEights").unwrap();

	assert_eq!(store.get(artifact.id).unwrap(), None);
	assert!(!store.has(artifact.id));
	store.put(b"weights").unwrap();
	assert!(store.get(artifact.id).unwrap().is_some());
}

#[test]
fn chunks_are_read_up_to_the_end() {
	let (_folder, store) = store();
	let id = store.put(b"0123456789").unwrap().id;
	assert_eq!(store.read_chunk(id, 8, 100).unwrap().unwrap(), b"89");
	assert_eq!(store.read_chunk(id, 2, 3).unwrap().unwrap(), b"234");
	assert_eq!(store.read_chunk(id, 10, 1).unwrap().unwrap(), b"");
	assert_eq!(store.read_chunk(id, u64::from(u32::MAX), 1).unwrap().unwrap(), b"");
	assert_eq!(store.read_chunk(ArtifactId::of(b"other"), 0, 1).unwrap(), None);
}

#[test]
fn an_upload_continues_after_a_restart_where_it_stopped() {
	let (folder, store) = store();
	let artifact = Artifact::of(b"0123456789");
	assert_eq!(store.put_chunk(artifact, 0, b"0123").unwrap(), progress(4, false));
	drop(store);

	let store = ArtifactStore::open(folder.path()).unwrap();
	assert!(!store.has(artifact.id));
	let error = store.put_chunk(artifact, 0, b"0123").unwrap_err();
	assert!(matches!(error, StoreError::WrongOffset { expected: 4 }));
	assert_eq!(store.put_chunk(artifact, 4, b"456789").unwrap(), progress(10, true));
	assert_eq!(store.get(artifact.id).unwrap().unwrap(), b"0123456789");
	assert_eq!(store.put_chunk(artifact, 0, b"0123").unwrap(), progress(10, true));
	assert!(files(folder.path(), "uploads").is_empty());
}

#[test]
fn an_upload_of_other_bytes_than_claimed_is_dropped() {
	let (folder, store) = store();
	let artifact = Artifact::of(b"0123456789");
	let error = store.put_chunk(artifact, 0, b"9876543210").unwrap_err();
	assert!(matches!(error, StoreError::WrongContent { .. }));
	assert!(!store.has(artifact.id));
	assert!(files(folder.path(), "uploads").is_empty());
	assert_eq!(store.put_chunk(artifact, 0, b"0123456789").unwrap(), progress(10, true));
}

#[test]
fn an_upload_cannot_exceed_its_claim() {
	let (_folder, store) = store();
	let artifact = Artifact::of(b"0123");
	let error = store.put_chunk(artifact, 0, b"01234").unwrap_err();
	assert!(matches!(error, StoreError::PastTheEnd { end: 5, len: 4 }));
	let huge = Artifact {
		len: MAX_ARTIFACT + 1,
		..artifact
	};
	assert!(matches!(store.put_chunk(huge, 0, b""), Err(StoreError::TooLarge(_))));
	let chunk = vec![0; MAX_CHUNK + 1];
	assert!(matches!(
		store.put_chunk(artifact, 0, &chunk),
		Err(StoreError::ChunkTooLarge(_))
	));
	store.put(b"0123").unwrap();
	let longer = Artifact { len: 5, ..artifact };
	assert!(matches!(
		store.put_chunk(longer, 0, b""),
		Err(StoreError::WrongLength { actual: 4, .. })
	));
}

#[test]
fn no_bytes_at_all_are_an_artifact_too() {
	let (_folder, store) = store();
	let artifact = Artifact::of(b"");
	assert_eq!(store.put_chunk(artifact, 0, b"").unwrap(), progress(0, true));
	assert_eq!(store.get(artifact.id).unwrap().unwrap(), b"");
}

#[test]
fn the_number_of_uploads_is_bounded_and_an_idle_one_is_replaced() {
	let (folder, store) = store();
	for n in 0..MAX_UPLOADS {
		store.put_chunk(Artifact::of(&[n as u8; 9]), 0, &[n as u8; 3]).unwrap();
	}
	let one_more = Artifact::of(&[99; 9]);
	assert!(matches!(
		store.put_chunk(one_more, 0, &[99; 3]),
		Err(StoreError::TooManyUploads)
	));

	// Make one of them look old to the next process.
	drop(store);
	let aged = fs::File::options()
		.append(true)
		.open(&files(folder.path(), "uploads")[0])
		.unwrap();
	aged.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
	let store = ArtifactStore::open(folder.path()).unwrap();
	assert_eq!(store.put_chunk(one_more, 0, &[99; 3]).unwrap(), progress(3, false));
	assert_eq!(files(folder.path(), "uploads").len(), MAX_UPLOADS);
}

#[test]
fn the_quota_counts_artifacts_and_the_claims_of_uploads() {
	let folder = TempDir::new().unwrap();
	let store = ArtifactStore::with_quota(folder.path(), 20).unwrap();
	store.put(b"01234567").unwrap();
	let upload = Artifact::of(b"abcdefghij");
	store.put_chunk(upload, 0, b"abc").unwrap();
	assert!(matches!(
		store.put(b"xyz"),
		Err(StoreError::Full { free: 2, needed: 3 })
	));
	// Storing the same bytes again takes no space.
	store.put(b"01234567").unwrap();

	// The space taken does not change after a restart, or when the upload is complete.
	drop(store);
	let store = ArtifactStore::with_quota(folder.path(), 20).unwrap();
	assert!(matches!(
		store.put(b"xyz"),
		Err(StoreError::Full { free: 2, needed: 3 })
	));
	store.put_chunk(upload, 3, b"defghij").unwrap();
	assert!(matches!(
		store.put(b"xyz"),
		Err(StoreError::Full { free: 2, needed: 3 })
	));
	store.put(b"xy").unwrap();
}

#[test]
fn an_upload_that_is_dropped_gives_its_quota_back() {
	let folder = TempDir::new().unwrap();
	let store = ArtifactStore::with_quota(folder.path(), 10).unwrap();
	assert!(store.put_chunk(Artifact::of(b"0123456789"), 0, b"9876543210").is_err());
	store.put(b"0123456789").unwrap();
}

#[test]
fn many_threads_may_put_the_same_bytes() {
	let folder = TempDir::new().unwrap();
	let bytes = vec![7; 100_000];
	// Space for eight: each thread may hold a reservation for a moment, but only one keeps it.
	let store = ArtifactStore::with_quota(folder.path(), 8 * 100_000).unwrap();
	std::thread::scope(|scope| {
		for _ in 0..8 {
			scope.spawn(|| store.put(&bytes).unwrap());
		}
	});
	assert_eq!(store.get(ArtifactId::of(&bytes)).unwrap().unwrap(), bytes);
	assert_eq!(files(folder.path(), "objects").len(), 1);
	assert!(files(folder.path(), "writing").is_empty());
	// The bytes are counted once, so seven more artifacts fit.
	for n in 0..7 {
		store.put(&vec![n; 100_000]).unwrap();
	}
	assert!(matches!(store.put(&[1]), Err(StoreError::Full { free: 0, .. })));
}

#[test]
fn files_that_were_being_written_when_the_process_ended_are_removed() {
	let (folder, store) = store();
	drop(store);
	fs::write(folder.path().join("writing/0"), b"half").unwrap();
	fs::write(folder.path().join("uploads/junk"), b"junk").unwrap();
	ArtifactStore::open(folder.path()).unwrap();
	assert!(files(folder.path(), "writing").is_empty());
	assert!(files(folder.path(), "uploads").is_empty());
}

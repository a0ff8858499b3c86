//! What people should know of a model.

use crate::Artifact;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// Text in UTF-8, of so many bytes at most.
pub type Text<const BYTES: u32> = BoundedVec<u8, ConstU32<BYTES>>;

/// What a model's owner says of it. It has no part in the model's id, and nobody checks that it is true. All text is UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Metadata {
	/// Not empty.
	pub title: Text<64>,
	/// What it is, in a few sentences.
	pub description: Text<512>,
	/// What it is for, as hubs call it: `image-classification`, say.
	pub task: Text<48>,
	/// An SPDX licence expression.
	pub licence: Text<64>,
	/// Words to find it by.
	pub tags: BoundedVec<Text<24>, ConstU32<8>>,
	/// Where there is more: a paper, a repository.
	pub links: BoundedVec<Text<128>, ConstU32<4>>,
	/// What it was trained on.
	pub training_data: Text<256>,
	/// The long description: a text in Markdown.
	pub card: Option<Artifact>,
}

impl Metadata {
	/// Whether all text is UTF-8.
	pub fn is_utf8(&self) -> bool {
		let is_utf8 = |text: &[u8]| core::str::from_utf8(text).is_ok();
		[
			&self.title[..],
			&self.description,
			&self.task,
			&self.licence,
			&self.training_data,
		]
		.into_iter()
		.all(is_utf8)
			&& self.tags.iter().all(|tag| is_utf8(tag))
			&& self.links.iter().all(|link| is_utf8(link))
	}
}

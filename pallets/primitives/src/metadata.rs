//! What a model's owner says about it.

use crate::Artifact;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{traits::ConstU32, BoundedVec};

/// Text in UTF-8, of at most `BYTES` bytes.
pub type Text<const BYTES: u32> = BoundedVec<u8, ConstU32<BYTES>>;

/// What a model's owner says about it. It is not part of the model's id, and it is not verified. All text is
/// UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Metadata {
	/// Not empty.
	pub title: Text<64>,
	/// What the model does, in a few sentences.
	pub description: Text<512>,
	/// Its purpose in the vocabulary of model hubs, such as `image-classification`.
	pub task: Text<48>,
	/// An SPDX licence expression.
	pub licence: Text<64>,
	/// Words to find it by.
	pub tags: BoundedVec<Text<24>, ConstU32<8>>,
	/// Where to read more: a paper, a repository.
	pub links: BoundedVec<Text<128>, ConstU32<4>>,
	/// The data it was trained on.
	pub training_data: Text<256>,
	/// The model card: a long text in Markdown.
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

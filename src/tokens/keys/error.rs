//! Why a text is no key, and what to do about it.

const ALLOWED: &str = "EdDSA needs a key of Ed25519 in PEM, and `countersign secret new --jwt eddsa` makes one";

/// Why a text is no key. The message says what to do, and nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no PEM block.
    #[error("there is no key in PEM; {ALLOWED}")]
    NoPem,
    /// A PEM block has no end, or its content is not Base64 or not DER.
    #[error("the PEM text is damaged or cut off; {ALLOWED}")]
    Damaged,
    /// There are several keys where one is expected.
    #[error("there is more than one key; make each an item of its own")]
    Several,
    /// A public key where a private key is needed.
    #[error(
        "this is a public key; the private key is needed here, and a public key alone belongs to `jwt.public_keys`"
    )]
    Public,
    /// A private key where a public key is needed.
    #[error(
        "this is a private key; give the public key that `openssl pkey -in FILE -pubout` prints, or move it to \
         `jwt.private_keys`"
    )]
    Private,
    /// The key is encrypted.
    #[error(
        "the key is encrypted with a passphrase; decrypt it with `openssl pkey -in FILE -out NEWFILE`, use the new \
         file instead, and let nobody else read it"
    )]
    Encrypted,
    /// The key is of another algorithm, or in another format.
    #[error("this is a key of another kind, such as RSA, ECDSA or OpenSSH; {ALLOWED}")]
    OtherKind,
    /// The public key is one of the few with which anybody can sign.
    #[error("anybody can sign for this public key; {ALLOWED}")]
    Weak,
}

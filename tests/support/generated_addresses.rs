//! Texts that are e-mail addresses, or nearly: every rule of the grammar is met and missed.

/// Throws dice, always the same ones.
pub struct Generator(u64);

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    /// Makes a text.
    pub fn address(&mut self) -> String {
        let local = match self.below(10) {
            0..4 => self.dot_atom(12),
            4 => self.dot_atom(70),
            5..9 => self.quoted(),
            _ => self.text(1, 6, "aÜж\u{301}ﬁ. (),@\\\"\t\0"),
        };
        let domain = match self.below(12) {
            0..4 => self.domain("abcxyzABC0129-", 12),
            4..7 => self.domain("aüßéñœж日本語ﬁＡＺ1-", 12),
            7 => self.domain("abc-", 70),
            8 => self.domain("äöüéж", 45),
            9 => self.literal(),
            10 => "localhost".to_owned(),
            _ => self.text(1, 12, "ab.-_ \u{202e}。℀１😀["),
        };
        format!("{local}@{domain}")
    }

    fn below(&mut self, limit: usize) -> usize {
        // Marsaglia's xorshift64*.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }

    fn text(&mut self, shortest: usize, longest: usize, alphabet: &str) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let length = shortest + self.below(longest - shortest + 1);
        (0..length).map(|_| letters[self.below(letters.len())]).collect()
    }

    fn dot_atom(&mut self, longest: usize) -> String {
        let atoms = 1 + self.below(3);
        let atoms: Vec<String> =
            (0..atoms).map(|_| self.text(1, longest, "abcxyzABCXYZ019!#$%&'*+-/=?^_`{|}~")).collect();
        atoms.join(".")
    }

    fn quoted(&mut self) -> String {
        let pieces = self.below(20);
        let inner: String = (0..pieces)
            .map(|_| match self.below(6) {
                0 => format!("\\{}", self.text(1, 1, "ab\"\\@>. ")),
                _ => self.text(1, 1, "abXY09.,;:<>()[]@!#%&'+-/=?^_`{|}~"),
            })
            .collect();
        format!("\"{inner}\"")
    }

    fn domain(&mut self, alphabet: &str, longest: usize) -> String {
        let labels = 1 + self.below(4);
        let labels: Vec<String> = (0..labels).map(|_| self.text(1, longest, alphabet)).collect();
        let top = ["example", "com", "c", "co-m", "рф", "中国", "xn--p1ai", "12", "COM"][self.below(9)];
        format!("{}.{top}", labels.join("."))
    }

    fn literal(&mut self) -> String {
        match self.below(3) {
            0 => format!("[{}.{}.{}.{}]", self.below(260), self.below(260), self.below(10), self.below(10)),
            1 => format!("[{}::{}]", self.text(0, 4, "019abcF"), self.text(0, 4, "019abcF")),
            _ => "[::ffff:1.2.3.4]".to_owned(),
        }
    }
}

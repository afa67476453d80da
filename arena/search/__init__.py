"""Finding words in what was said: how text is folded into words, what a question means, and where it is answered.

Pure functions over texts; the store keeps the index. Text is folded before it is indexed and again before it is asked
for, so that SQLite's tokenizer has nothing to decide: upper and lower case, full and half width, and accents are the
same, and every character of a script that writes no spaces between words (Chinese, Japanese, Korean, Thai and the
like) is a word by itself. A run of those is found as a phrase, however short it is and whatever stands around it.
"""

from arena.search.asking import Phrase, expression, phrases
from arena.search.folding import folded
from arena.search.passages import Passage, passage_at, passages, said_by
from arena.search.snippets import snippet

__all__ = ["Passage", "Phrase", "expression", "folded", "passage_at", "passages", "phrases", "said_by", "snippet"]

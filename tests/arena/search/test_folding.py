import pytest

from arena.search.folding import Word, folded, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Margins ROSE 57.3%, to $1,234", ["margins", "rose", "57", "3", "to", "1", "234"]),
        ("café naïve STRASSE straße", ["cafe", "naive", "strasse", "strasse"]),
        ("cafe\u0301 soft\u00adhyphen", ["cafe", "softhyphen"]),
        ("\uff2e\uff36\uff24\uff21 ｶﾅ", ["nvda", "カ", "ナ"]),
        ("NVDA毛利率上升", ["nvda", "毛", "利", "率", "上", "升"]),
        ("利益がデータ。", ["利", "益", "が", "デ", "ー", "タ"]),
        ("마진이 AI로", ["마", "진", "이", "ai", "로"]),
        ("㍻ ① ﬁn", ["平", "成", "1", "fin"]),
        ("सुझाव خرید Покупать", ["सझाव", "خرید", "покупать"]),
        ("P/E 10-K AT&T don't snake_case", ["p", "e", "10", "k", "at", "t", "don", "t", "snake", "case"]),
        ("nul\x00in \ud800 \u202eright", ["nul", "in", "right"]),
        ("📈 *** \n", []),
    ],
)
def test_words_are_the_same_however_they_are_written(text, found):
    assert folded(text).split() == found
    assert [word.text for word in words(text)] == found


def test_a_word_knows_where_it_stands():
    assert words("(cafe\u0301) 毛利") == [Word("cafe", 1, 6), Word("毛", 8, 9), Word("利", 9, 10)]

"""A rating counts where a text announces it, in any of TradingAgents' languages; nothing is guessed."""

import pytest

from arena.interop.rating import Rating, Unreadable, read_rating

LANGUAGES = [
    # English
    ("**Rating**: Overweight", "BUY", "Overweight"),
    ("My Recommendation: Sell (Strategically)\n\nThis is no Hold.", "SELL", "Sell"),
    ("### Final Verdict\n**Buy on a confirmed breakout**", "BUY", "Buy"),
    ("UNDERWEIGHT. Sell 50% of the position.", "SELL", "UNDERWEIGHT"),
    ("| Rating | **Hold** |", "HOLD", "Hold"),
    ("The trend is intact. FINAL TRANSACTION PROPOSAL: **HOLD**", "HOLD", "HOLD"),
    # Chinese, simplified and traditional
    ("**1. Rating (评级)**\nSell (卖出)", "SELL", "Sell / 卖出"),
    ("最终交易决策：**买入**", "BUY", "买入"),
    ("评级：减持", "SELL", "减持"),
    ("建議：持有", "HOLD", "持有"),
    # Japanese
    ("最終判断は買いです。", "BUY", "買い"),
    ("レーティング：オーバーウェイト", "BUY", "オーバーウェイト"),
    ("推奨：売り", "SELL", "売り"),
    # Korean
    ("2. 권고안 및 근거\n결론: Buy", "BUY", "Buy"),
    ("최종 결정은 매도입니다.", "SELL", "매도"),
    ("투자 의견: 비중 축소", "SELL", "비중 축소"),
    # Hindi
    ("अंतिम सिफारिश: खरीदें", "BUY", "खरीदें"),
    ("रेटिंग: होल्ड", "HOLD", "होल्ड"),
    # Spanish
    ("Recomendación final: **Comprar**", "BUY", "Comprar"),
    ("Calificación: Infraponderar", "SELL", "Infraponderar"),
    # Portuguese
    ("Recomendação: Manter", "HOLD", "Manter"),
    ("Decisão final: Vender", "SELL", "Vender"),
    # French
    ("Recommandation : Surpondérer", "BUY", "Surpondérer"),
    ("Décision finale : Conserver", "HOLD", "Conserver"),
    ("Évaluation : Sous-pondérer", "SELL", "Sous-pondérer"),
    # German
    ("Endgültige Empfehlung: Verkaufen", "SELL", "Verkaufen"),
    ("Bewertung: Übergewichten", "BUY", "Übergewichten"),
    # Arabic
    ("التوصية النهائية: شراء", "BUY", "شراء"),
    ("التصنيف: تخفيض الوزن", "SELL", "تخفيض الوزن"),
    ("التقييم: شراء", "BUY", "شراء"),
    # Russian
    ("Итоговая рекомендация: Держать", "HOLD", "Держать"),
    ("Рейтинг: Продавать", "SELL", "Продавать"),
]


@pytest.mark.parametrize(("text", "action", "words"), LANGUAGES)
def test_the_rating_is_read_in_every_language_and_its_words_are_kept(text, action, words):
    assert read_rating(text) == Rating(action, words)


@pytest.mark.parametrize(
    "text",
    [
        '{"Rating":"Hold","Executive Summary":"Do not buy more, do not sell."}',
        '```json\n{"rating": "Hold"}\n```',
        '"{\\"finalDecision\\": \\"Hold\\"}"',
        '{"result": {"final_trade_decision": "HOLD"}}',
    ],
)
def test_a_decision_that_is_json_inside_a_string_is_read_from_its_field(text):
    found = read_rating(text)
    assert isinstance(found, Rating)
    assert found.action == "HOLD"


def test_the_word_that_is_marked_final_wins_over_the_others():
    assert read_rating("Rating: Buy\n\nFINAL TRANSACTION PROPOSAL: **SELL**") == Rating("SELL", "SELL")


def test_words_that_agree_are_kept_once_each():
    assert read_rating("Rating: Overweight\nRecommendation: BUY\nConclusion: Buy") == Rating("BUY", "Overweight / BUY")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Rating: Buy\nRecommendation: Sell", "none of them marked final: Buy, Sell"),
        ("Final decision: Buy\nFinal verdict: Hold", "all marked final: Buy, Hold"),
        ("Rating: Buy or Sell", "contradictory"),
        ("评级：买入（Sell）", "contradictory"),
        ("FINAL TRADE DECISION: PASS", "'PASS', which is none of Buy"),
        ("Rating: Buy\n\n**Rating after claim check**: REVIEW", "'REVIEW'"),
        ("Recommendation: not a buy", "'not a buy'"),
        ("추천: 매수하지 않음", "매수하지 않음"),
        ("推奨：買いではない", "買いではない"),
        ("Rating: Hold off", "'Hold off'"),
        ("Rating: Buy is premature", "'Buy is premature'"),
        ("Final decision: BUY at this level would be wrong", "'BUY at this level would be wrong'"),
        ("Recommendation: Buy isn’t warranted", "warranted'"),
        ("Rating: Buy?\nWe cannot say so.", "'Buy?'"),
        ("Calificación: Comprar no está justificado", "no está justificado"),
        ("Recomendação: Comprar não se justifica", "não se justifica"),
        ("Recommandation : Acheter serait prématuré", "serait prématuré"),
        ("Empfehlung: Verkaufen wäre verfrüht", "wäre verfrüht"),
        ("推奨: 買いは正当化されない", "買いは正当化されない"),
        ("التوصية: الشراء غير مبرر", "غير مبرر"),
        ("Рекомендация: Покупать было бы рано", "было бы рано"),
        ("Rating: Buy | Overweight | Hold | Underweight | Sell", "announces no rating"),
        ("Rating: Buy, Hold or Sell", "announces no rating"),
        ("Rating: Neutral", "'Neutral'"),
        ("The Safe Analyst's recommendation: Sell", "announces no rating"),
        ("Rating Scale: Buy, Overweight, Hold, Underweight, Sell", "announces no rating"),
        ("FINAL TRANSACTION PROPOSAL: **BUY/HOLD/SELL**", "announces no rating"),
        ("Sell pressure is rising, and buyers hold back.", "announces no rating"),
        ("Note: Hold periods differ.", "announces no rating"),
        ("We would buy at 100 and sell at 200.", "announces no rating"),
        ("Rating: Buyers are in control of this market", "announces no rating"),
        ('{"summary": "Buy"}', "announces no rating"),
        ("  \n ", "empty"),
        ("---\n***", "announces no rating"),
        ("[]", "announces no rating"),
    ],
)
def test_what_cannot_be_read_says_why_and_never_becomes_a_hold(text, why):
    found = read_rating(text)
    assert isinstance(found, Unreadable)
    assert why in found.why

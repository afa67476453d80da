"""The words of TradingAgents' five-tier scale and of what announces them, in the languages it writes.

Those are English, Chinese, Japanese, Korean, Hindi, Spanish, Portuguese, French, German, Arabic and Russian. All
tables hold for every language at once: a Chinese text says `Rating: Sell` as often as not.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from arena.records.outcome import Action

Tier = Literal["Buy", "Overweight", "Hold", "Underweight", "Sell"]

ACTIONS: Mapping[Tier, Action] = MappingProxyType(
    {"Buy": "BUY", "Overweight": "BUY", "Hold": "HOLD", "Underweight": "SELL", "Sell": "SELL"}
)
"""TradingAgents says of Overweight to add to a position gradually, and of Underweight to reduce it."""

TIERS: Mapping[Tier, tuple[str, ...]] = MappingProxyType(
    {
        "Buy": (
            *(
                "buy",
                "买入",
                "買入",
                "购买",
                "購買",
                "買い",
                "買う",
                "購入",
                "매수",
                "खरीदें",
                "खरीदना",
                "खरीद",
                "खरीदारी",
            ),
            *("comprar", "compra", "acheter", "achat", "kaufen", "kauf", "شراء", "الشراء", "اشتر", "اشترِ"),
            *("покупать", "покупка", "купить", "покупаем", "बाय"),
        ),
        "Overweight": (
            *(
                "overweight",
                "增持",
                "加仓",
                "加倉",
                "超配",
                "オーバーウェイト",
                "オーバーウエイト",
                "買い増し",
                "비중확대",
            ),
            *("비중 확대", "오버웨이트", "ओवरवेट", "sobreponderar", "sobreponderación", "sobreponderação", "sobrepeso"),
            *("surpondérer", "surpondération", "übergewichten", "übergewichtung", "übergewicht", "زيادة الوزن"),
            *("выше рынка", "увеличивать долю", "увеличить долю"),
        ),
        "Hold": (
            *("hold", "持有", "保有", "ホールド", "보유", "유지", "होल्ड", "बनाए रखें", "रखें", "mantener", "manter"),
            *("manutenção", "conserver", "maintenir", "conservation", "halten", "احتفاظ", "الاحتفاظ", "احتفظ"),
            *("держать", "удерживать", "удержание", "держим"),
        ),
        "Underweight": (
            *(
                "underweight",
                "减持",
                "減持",
                "减仓",
                "減倉",
                "低配",
                "アンダーウェイト",
                "アンダーウエイト",
                "비중축소",
            ),
            *("비중 축소", "언더웨이트", "अंडरवेट", "infraponderar", "infraponderación", "subponderar", "subponderação"),
            *("sous-pondérer", "sous-pondération", "untergewichten", "untergewichtung", "untergewicht"),
            *("تخفيض الوزن", "خفض الوزن", "تقليل الوزن", "ниже рынка", "сокращать долю", "сократить долю"),
        ),
        "Sell": (
            *("sell", "卖出", "賣出", "出售", "売り", "売却", "売る", "매도", "बेचें", "बेचना", "बिक्री", "vender", "venta"),
            *("venda", "vendre", "vente", "verkaufen", "verkauf", "بيع", "البيع", "продавать", "продажа", "продать"),
            *("продаем", "продаём"),
        ),
    }
)

LABELS = (
    *("rating", "recommendation", "recommend", "decision", "verdict", "conclusion", "proposal", "bottom line"),
    *("评级", "評級", "建议", "建議", "决策", "決策", "决定", "決定", "结论", "結論", "判断", "判斷", "裁决"),
    *("評価", "推奨", "レーティング", "格付け", "등급", "추천", "권고안", "권고", "결론", "결정", "판단", "의견"),
    *("रेटिंग", "सिफारिश", "अनुशंसा", "निर्णय", "निष्कर्ष", "फैसला", "calificación", "recomendación", "decisión"),
    *(
        "conclusión",
        "veredicto",
        "valoración",
        "avaliação",
        "classificação",
        "recomendação",
        "decisão",
        "conclusão",
        "veredito",
        "évaluation",
    ),
    *("notation", "recommandation", "décision", "bewertung", "empfehlung", "entscheidung", "fazit", "urteil"),
    *("einstufung", "التصنيف", "التقييم", "تقييم", "التوصية", "القرار", "الخلاصة", "تصنيف", "توصية", "قرار", "рейтинг"),
    *("рекомендация", "решение", "вывод", "вердикт", "итог"),
)
"""What a rating stands behind."""

FINAL_LABELS = (
    *(
        "position",
        "word",
        "answer",
        "call",
        "signal",
        "action",
        "instruction",
        "操作",
        "信号",
        "アクション",
        "シグナル",
    ),
    *("포지션", "신호", "कार्रवाई", "acción", "señal", "ação", "sinal", "signal", "aktion", "الإجراء", "действие"),
)
"""What a rating stands behind only where it is marked final: otherwise it may be an indicator's or a step's."""

FINALS = (
    *("final", "ultimate", "definitive", "最终", "最終", "最后", "최종", "अंतिम", "finale", "définitive", "definitiva"),
    *("endgültige", "endgültiges", "abschließende", "abschließendes", "finales", "النهائي", "النهائية", "نهائي"),
    *("نهائية", "итоговая", "итоговое", "итоговый", "окончательная", "окончательное", "окончательный"),
)
"""What marks a word as the last one."""

FILLERS = (
    *("my", "our", "the", "a", "overall", "formal", "official", "clear", "actionable", "trade", "trading"),
    *("transaction", "investment", "portfolio", "risk", "revised", "refined", "updated", "manager's", "judge's"),
    *(
        "pm",
        "and",
        "after",
        "claim",
        "check",
        "投资",
        "投資",
        "交易",
        "取引",
        "组合",
        "我的",
        "我们的",
        "総合",
        "综合",
        "총",
        "투자",
        "거래",
        "매매",
    ),
    *("종합", "나의", "मेरी", "मेरा", "हमारी", "निवेश", "व्यापार", "ट्रेडिंग", "de", "la", "le", "del", "da", "do"),
    *("d'", "mi", "minha", "ma", "notre", "inversión", "investimento", "investissement", "transacción", "transação"),
    *("operación", "négociation", "meine", "unsere", "die", "das", "الاستثمار", "الاستثمارية", "التداول", "توصيتي"),
    *("моя", "наша", "наше", "мое", "инвестиционная", "инвестиционное", "торговая", "торговое", "по", "сделке"),
)
"""What may stand beside a label without giving it to another speaker."""

QUALIFIERS = (
    *("strong", "strongly", "cautious", "cautiously", "conditional", "conditionally", "partial", "tactical"),
    *("selective", "speculative", "staged", "a", "an", "to", "the", "we", "i", "强烈", "強烈", "谨慎", "謹慎", "部分"),
    *("強い", "慎重な", "慎重に", "一部", "적극", "적극적", "강력", "강력한", "부분", "분할", "신중한", "मजबूत", "आंशिक"),
    *("fuerte", "forte", "fort", "parcial", "partielle", "starker", "starkes", "teilweise", "قوي", "قوية", "جزئي"),
    *("активно", "сильная", "частичная", "осторожно", "prudente", "prudent"),
)
"""What may stand before a rating without changing its direction."""

OR = ("/", "or", "oder", "ou", "o", "или", "或", "또는", "혹은", "または", "أو", "या")

DENIALS = (
    *(
        "않",
        "아님",
        "아니",
        "보류",
        "금지",
        "말",
        "ではない",
        "ではありません",
        "しない",
        "しません",
        "見送",
        "नहीं",
        "न करें",
        "मत",
    ),
    *("off", "not", "不", "nicht", "pas", "не"),
)
"""What takes a rating back where it stands right behind it."""

ABOUT = (
    *(
        "is",
        "was",
        "are",
        "were",
        "be",
        "has",
        "had",
        "would",
        "could",
        "should",
        "can",
        "cannot",
        "can't",
        "may",
        "might",
    ),
    *("must", "isn't", "wasn't", "aren't", "hasn't", "seems", "looks", "appears", "remains", "feels", "makes", "made"),
    *("no", "es", "está", "era", "fue", "sería", "parece", "queda", "não", "é", "foi", "seria", "fica", "n'est", "ne"),
    *("est", "était", "serait", "semble", "paraît", "ist", "war", "wäre", "wird", "wurde", "würde", "kann", "scheint"),
    *("bleibt", "kommt", "не", "был", "была", "было", "бы", "кажется", "выглядит", "غير", "ليس", "ليست", "لا", "لم"),
    *("لن", "كان", "は", "には"),
)
"""What makes a rating the subject of a sentence where it stands right behind it: `Buy is premature` decides nothing."""

MEANWHILE = ("now", "here", "today", "right now", "at this price", "at this level", "at these levels", "at this point")
"""What may stand between the two."""

"""What every figure of a report means and where its definition comes from: the words that stand beside the number."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from arena.records.performance import FigureName, SplitName, Unit


class Definition(NamedTuple):
    """The words beside a figure."""

    unit: Unit
    text: str
    source: str
    estimate: bool = True
    """Whether it infers something beyond what happened, and so needs enough sessions."""


DEFINITIONS: Mapping[FigureName, Definition] = MappingProxyType(
    {
        "total_return": Definition(
            "change", "final equity over starting cash, less one", "Bacon, Portfolio Performance, 2008", estimate=False
        ),
        "annualised_return": Definition(
            "change", "the yearly growth that compounds to the total return", "Bacon, Portfolio Performance, 2008"
        ),
        "volatility": Definition(
            "part",
            "sample standard deviation of returns a session, times the root of sessions a year",
            "Bacon, Portfolio Performance, 2008",
        ),
        "sharpe": Definition(
            "ratio",
            "mean over standard deviation of returns a session, times the root of sessions a year; no risk-free rate",
            "Sharpe, Journal of Portfolio Management 21(1), 1994",
        ),
        "deflated_sharpe": Definition(
            "probability",
            "that the true Sharpe ratio is above what the best of so many contestants shows by luck",
            "Bailey and López de Prado, Journal of Portfolio Management 40(5), 2014",
        ),
        "sortino": Definition(
            "ratio",
            "mean return over the root mean square of losses, a year",
            "Sortino and Price, Journal of Investing 3(3), 1994",
        ),
        "calmar": Definition("ratio", "annualised return over the maximum drawdown", "Young, Futures 20(1), 1991"),
        "maximum_drawdown": Definition(
            "change",
            "the deepest fall of equity below an earlier high, as a part of it",
            "Magdon-Ismail and Atiya, Risk 17(10), 2004",
            estimate=False,
        ),
        "win_rate": Definition(
            "part",
            "closed trades that gained after fees: sales against the average cost of what they sold, covers against "
            "what the short brought",
            "Kaufman, Trading Systems and Methods, 2020",
            estimate=False,
        ),
        "profit_factor": Definition(
            "ratio",
            "what winning trades gained over what losing ones lost, after fees",
            "Kaufman, Trading Systems and Methods, 2020",
            estimate=False,
        ),
        "turnover": Definition(
            "ratio",
            "the lesser of dollars bought and sold over mean equity, for the whole season; short sales and covers "
            "are among them",
            "SEC Form N-1A, item 13, with equity for the securities' value",
            estimate=False,
        ),
        "exposure": Definition(
            "part",
            "mean gross exposure at the close: holdings and shorts, both counted as positive, over equity",
            "EU Regulation 231/2013, article 7 (gross method)",
            estimate=False,
        ),
        "beta": Definition(
            "ratio",
            "slope of returns on the benchmark's, by least squares",
            "Jensen, Journal of Finance 23(2), 1968",
        ),
        "alpha": Definition(
            "change",
            "intercept of the same line, annualised geometrically",
            "Jensen, Journal of Finance 23(2), 1968",
        ),
        "mean_confidence": Definition(
            "part", "mean confidence of all decisions, HOLD included", "the desks' own words", estimate=False
        ),
        "brier_score": Definition(
            "ratio",
            "mean squared distance between the confidence of a BUY or SELL and whether the price went its way; "
            "0 is perfect, 0.25 a coin's",
            "Brier, Monthly Weather Review 78(1), 1950",
        ),
        "coverage": Definition(
            "part", "decisions over all that were asked for", "El-Yaniv and Wiener, JMLR 11, 2010", estimate=False
        ),
        "agreement": Definition(
            "part",
            "how often it named the same action as another contestant on the same ticker and session, "
            "averaged over the others",
            "Cohen, Educational and Psychological Measurement 20(1), 1960",
            estimate=False,
        ),
        "return_after_cost": Definition(
            "change",
            "final equity less what the model calls cost, over starting cash, less one",
            "the ledger's and the chats' own",
            estimate=False,
        ),
    }
)
"""In the order they are shown."""

_COMPONENTS = "Searle, Casella and McCulloch, Variance Components, 1992, 3.6"

SPLIT_DEFINITIONS: Mapping[SplitName, Definition] = MappingProxyType(
    {
        "variance_between": Definition(
            "variance",
            "of the models' true mean total returns: the mean square between models less that within, over the "
            "typical number of replicas; estimated below zero it is zero",
            _COMPONENTS,
        ),
        "variance_within": Definition(
            "variance", "of one model's total returns over its replicas: the mean square within models", _COMPONENTS
        ),
        "intraclass_correlation": Definition(
            "part",
            "the part of both variances that is between models: 0 where all that differs is chance, 1 where replicas "
            "do the same",
            "ICC(1), Shrout and Fleiss, Psychological Bulletin 86(2), 1979; interval: Wald, Annals of Mathematical "
            "Statistics 11(1), 1940",
        ),
        "f_ratio": Definition("ratio", "the mean square between models over the mean square within", _COMPONENTS),
        "f_probability": Definition(
            "probability",
            "how often models that do not differ show as large an F ratio; normal returns assumed",
            "Fisher, Statistical Methods for Research Workers, 1925",
        ),
    }
)
"""Those of replicas, in the order they are shown."""

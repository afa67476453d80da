"""The graphs of the repository's own langgraph.json, for `langgraph dev` without `arena studio`.

`arena`, `remote_desk` and the five models' desks are those of the packaged configs/arena.yaml; `demo` and its desks
need no key and no network.
"""

from arena.app import Arena
from arena.studio.offering import Offering

_real = Offering(lambda: Arena.load("arena"))
_rehearsed = Offering(lambda: Arena.load("demo"))

arena = _real.supervisor()
remote_desk = _real.remote_desk()
claude = _real.desk("claude")
gpt = _real.desk("gpt")
gemini = _real.desk("gemini")
deepseek = _real.desk("deepseek")
qwen = _real.desk("qwen")

demo = _rehearsed.supervisor()
momentum = _rehearsed.desk("momentum")
value = _rehearsed.desk("value")
contrarian = _rehearsed.desk("contrarian")
cautious = _rehearsed.desk("cautious")
newsreader = _rehearsed.desk("newsreader")

"""What callbacks hear of a call: the very same as of one that goes LangChain's own way."""

import asyncio
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from langchain_core.callbacks import AsyncCallbackHandler, AsyncCallbackManager
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables.config import var_child_runnable_config
from langchain_core.tracers.context import collect_runs

from arena.calls import CallHandler
from arena.errors import ModelError
from bench.model_server import ModelServer, Reply
from tests.arena.llm.endpoint import called, chat_model, completion, connected, failure, said, scripted

LOOK = {
    "type": "function",
    "function": {"name": "look", "description": "Look.", "parameters": {"type": "object", "properties": {}}},
}
PROMPT = [SystemMessage("Be brief."), HumanMessage("NVDA?")]
TALK = [
    *PROMPT,
    AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "c1", "type": "tool_call"}]),
    ToolMessage("up", tool_call_id="c1"),
]


class Listener(AsyncCallbackHandler):
    """Writes down all it is told of models, with the run ids by the order in which they came."""

    def __init__(self, *, run_inline):
        self.run_inline = run_inline
        self.heard = []
        self.told = asyncio.Event()
        self.runs = {}

    async def on_chat_model_start(self, serialized, messages, **kwargs):
        self._hear("start", serialized, messages, kwargs)

    async def on_llm_end(self, response, **kwargs):
        # The usual way names the runs on what it returns, which our callers never see.
        self._hear("end", response.model_dump(exclude={"run"}), kwargs)

    async def on_llm_error(self, error, **kwargs):
        self._hear("error", type(error), str(error), kwargs)

    def _hear(self, *told):
        self.heard.append(self._plain(told))
        self.told.set()

    def _plain(self, told):
        if isinstance(told, UUID):
            return self.runs.setdefault(told, f"run {len(self.runs)}")
        if isinstance(told, dict):
            return {key: self._plain(value) for key, value in told.items() if key not in ("id", "repr")}
        if isinstance(told, list | tuple):
            return [self._plain(one) for one in told]
        return told


def heard_of(reply, *asks, run_inline=True, **settings):
    """What a listener hears of one call, and what came of it; for each way to ask."""

    async def run(url, ask):
        listener = Listener(run_inline=run_inline)
        # As a graph's node hands it on.
        node = {"langgraph_node": "trader"}
        manager = AsyncCallbackManager.configure([listener], inheritable_tags=["node"], inheritable_metadata=node)
        var_child_runnable_config.set({"callbacks": manager, "metadata": node, "tags": []})
        async with connected() as http:
            model = chat_model(url, http_async_client=http, metadata={"own": 1}, tags=["model"], **settings)
            try:
                message = await ask(model)
            except ModelError as error:
                return listener.heard, str(error)
        assert message.id == f"lc_run--{next(iter(listener.runs))}-0"
        return listener.heard, message.model_dump(exclude={"id"})

    with ModelServer(scripted(reply)) as server:
        return [asyncio.run(run(server.base_url, ask)) for ask in asks]


CONFIG = {"metadata": {"arena_role": "trader"}, "run_name": "trader", "tags": ["asked"]}


@pytest.mark.parametrize("run_inline", [True, False])
@pytest.mark.parametrize(
    ("reply", "prompt", "arguments"),
    [
        (said(), PROMPT, {}),
        (said(reasoning="Well."), TALK, {"tools": [LOOK], "tool_choice": "auto"}),
        (called("look", "{}"), PROMPT, {"tools": [LOOK]}),
        (called("look", "{broken"), PROMPT, {"stop": ["x"]}),
        (completion({"role": "assistant", "content": "Cut."}, "length", usage=None), PROMPT, {"temperature": 0.5}),
        (Reply(400, body=failure(400, "no")), PROMPT, {"response_format": {"type": "json_object"}}),
    ],
    ids=["prose", "conversation", "tool call", "broken call", "cut off", "refused"],
)
def test_a_call_is_told_of_as_langchain_tells_of_it(reply, prompt, arguments, run_inline):
    ours, theirs = heard_of(
        reply,
        lambda model: model.ainvoke(prompt, CONFIG, **arguments),
        lambda model: BaseChatModel.ainvoke(model, prompt, CONFIG, **arguments),
        run_inline=run_inline,
    )
    assert ours == theirs
    assert [event[0] for event in ours[0]] in (["start", "end"], ["start", "error"])


def test_a_model_with_arguments_is_asked_with_them():
    arguments = {"response_format": {"type": "json_object"}}
    ours, theirs = heard_of(
        said("{}"),
        lambda model: model.bind(**arguments).ainvoke(PROMPT, CONFIG),
        lambda model: BaseChatModel.bind(model, **arguments).ainvoke(PROMPT, CONFIG),
    )
    assert ours == theirs


def test_tools_are_bound_as_the_package_writes_them():
    [(heard, _)] = heard_of(said(), lambda model: model.bind_tools([LOOK], tool_choice="look").ainvoke(PROMPT))
    assert heard[0][3]["invocation_params"]["tools"] == [LOOK]
    assert heard[0][3]["invocation_params"]["tool_choice"]["function"] == {"name": "look"}


def test_what_is_told_of_a_model_is_told_by_its_own_settings():
    [((start, _), _)] = heard_of(said(), lambda model: model.ainvoke(PROMPT, stop=["x"]), temperature=0.25)
    assert start[3]["invocation_params"] == {
        "model": "maker/model",
        "model_name": "maker/model",
        "stream": False,
        "temperature": 0.25,
        "max_completion_tokens": 500,
        "_type": "openai-chat",
        "stop": ["x"],
    }
    assert start[3]["metadata"]["ls_model_name"] == "maker/model"
    assert start[3]["metadata"]["langgraph_node"] == "trader"


def test_of_a_call_that_is_cut_off_nobody_is_told_an_end():
    async def run(url):
        listener = Listener(run_inline=True)
        async with connected() as http:
            model = chat_model(url, http_async_client=http)
            call = asyncio.create_task(model.ainvoke(PROMPT, {"callbacks": [listener]}))
            await listener.told.wait()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        return listener.heard

    with ModelServer(scripted(said()), delay=5) as server:
        assert [event[0] for event in asyncio.run(run(server.base_url))] == ["start"]


class Known(CallHandler):
    """Writes down what our own handlers are told, in the words of the run."""

    def __init__(self):
        self.heard, self.runs = [], []

    def asked(self, run_id, asked):
        self.runs.append(run_id)
        self.heard.append(("asked", asked))

    def answered(self, run_id, message):
        self.heard.append(("answered", self.runs.index(run_id), message.model_dump(exclude={"id"})))

    def failed(self, run_id, error):
        self.heard.append(("failed", self.runs.index(run_id), str(error)))


def heard_by_ours(reply, ask, config=CONFIG):
    """What two of our own handlers hear of one call, and the id of its run."""

    async def run(url):
        ours = [Known(), Known()]
        node = {"langgraph_node": "trader"}
        manager = AsyncCallbackManager.configure(ours, inheritable_metadata=node)
        var_child_runnable_config.set({"callbacks": manager, "metadata": node})
        async with connected() as http:
            with suppress(ModelError):
                await ask(chat_model(url, http_async_client=http), config)
        assert ours[0].heard == ours[1].heard
        assert ours[0].runs == ours[1].runs
        return ours[0].heard, ours[0].runs[0]

    with ModelServer(scripted(reply)) as server:
        return asyncio.run(run(server.base_url))


@pytest.mark.parametrize("reply", [said(), Reply(400, body=failure(400, "no"))], ids=["answered", "refused"])
def test_our_own_handlers_hear_what_langchain_tells_them(reply):
    ours, _ = heard_by_ours(reply, lambda model, config: model.ainvoke(PROMPT, config, tools=[LOOK]))
    theirs, _ = heard_by_ours(reply, lambda model, config: BaseChatModel.ainvoke(model, PROMPT, config, tools=[LOOK]))
    assert ours == theirs
    (_, asked), (ended, *_) = ours
    assert asked.slip.role == asked.node == "trader"
    assert ended in ("answered", "failed")


def test_a_run_has_the_id_it_is_given():
    given = uuid4()
    _, run_id = heard_by_ours(said(), lambda model, config: model.ainvoke(PROMPT, config), {"run_id": given})
    assert run_id == given


def test_whoever_collects_runs_beside_our_own_handlers_hears_of_the_call():
    with collect_runs() as collected:
        heard_by_ours(said(), lambda model, config: model.ainvoke(PROMPT, config))
    assert [run.name for run in collected.traced_runs] == ["trader"]


def test_a_fault_of_our_own_handler_ends_the_call_before_anything_is_sent():
    class Broken(Known):
        def asked(self, run_id, asked):
            raise OSError("the disk is full")

    async def run(url):
        async with connected() as http:
            await chat_model(url, http_async_client=http).ainvoke(PROMPT, {"callbacks": [Broken()]})

    with ModelServer(scripted(said())) as server:
        with pytest.raises(OSError, match="the disk is full"):
            asyncio.run(run(server.base_url))
        assert server.requests == []

"""How the model of one role is reached, asked and paid."""

from typing import Annotated, Any, Literal, Self, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from esc_skills.signatures.frozen import Frozen

Role = Literal["supporter", "seeker", "analyst", "judge"]
ROLES: tuple[Role, ...] = get_args(Role)
Effort = Literal["none", "minimal", "low", "medium", "high"]


def _on_the_web(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("an address must begin with http:// or https://")
    return url


WebAddress = Annotated[str, AfterValidator(_on_the_web)]


class Server(Frozen):
    """One of several servers that have the same model."""

    url: WebAddress
    weight: float = Field(default=1, gt=0)
    """Its share of the requests, beside the weights of the others."""
    key_variable: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """The environment variable that has its key, on every machine that asks it; by default the key
    is that of the model."""


class ModelConfig(Frozen):
    """How the model of one role is reached and paid."""

    model: str
    """A LiteLLM name such as `openai/gpt-4.1`, or the name of an in-process engine."""
    api_base: WebAddress | None = None
    """Address of an OpenAI-compatible server; the model is then its name there."""
    endpoints: tuple[Server, ...] = ()
    """Several servers of the very same model, in place of `api_base`. Requests go to them by
    weight; where one is down, the others take over. Which one answers is no part of a call."""
    api_key: SecretStr | None = None
    """Key for the endpoint; leave it out to let LiteLLM read the provider's variable."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    max_tokens: int | None = Field(default=None, ge=16)
    reasoning_effort: Effort | None = None
    """How much a reasoning model thinks before it answers; None leaves it to the provider."""
    seeded: bool = True
    """Whether to send a seed; set to false where the endpoint refuses the parameter."""
    concurrency: int = Field(default=32, ge=1)
    """Calls that may be under way at once."""
    requests_per_minute: int | None = Field(default=None, ge=1)
    """Requests that the provider takes in a minute, of all roles that it plays; None for any. Of
    several endpoints, each takes so many."""
    tokens_per_minute: int | None = Field(default=None, ge=1000)
    """Tokens, read and written, that the provider takes in a minute, of all roles that it plays."""
    retries: int = Field(default=3, ge=0)
    """Further tries after a timeout, a rate limit or a server error, with growing pauses."""
    timeout: float | None = Field(default=None, gt=0)
    """Seconds until a call counts as lost; None takes the role's own (`role_lm.TIMEOUTS`)."""
    outage_after: float = Field(default=60, ge=0)
    """Seconds in which every call fails after which the model counts as down and the run ends."""
    structured: bool | Literal["auto", "schema", "tool", "json"] = "auto"
    """How answers are held to a form. `auto` takes the strictest way of which the model's card
    knows, and of a server at `api_base` the strictest that it does not refuse: a JSON schema, a
    tool call, JSON mode. True begins with the schema in any case; False asks in words (chat)."""
    demonstrations: bool = True
    """Whether the stages in which small models go astray show a worked example; without it their
    prompts are shorter."""
    price_in: float | None = Field(default=None, ge=0)
    """Money for a million tokens read; None takes the list of prices that DSPy carries."""
    price_out: float | None = Field(default=None, ge=0)
    """Money for a million tokens written, those of reasoning among them."""
    price_cached: float | None = Field(default=None, ge=0)
    """Money for a million tokens that the provider's cache served; None takes `price_in`."""

    @model_validator(mode="after")
    def _prices_go_together(self) -> Self:
        if (self.price_in is None) != (self.price_out is None):
            raise ValueError("price_in and price_out must be given together")
        if self.price_cached is not None and self.price_in is None:
            raise ValueError("price_cached needs price_in and price_out")
        return self

    @model_validator(mode="after")
    def _one_way_to_name_servers(self) -> Self:
        urls = [server.url for server in self.endpoints]
        if urls and self.api_base:
            raise ValueError("api_base and endpoints must not both be given; name all in endpoints")
        if len(set(urls)) < len(urls):
            raise ValueError("each of the endpoints must be given once")
        return self

    @property
    def servers(self) -> tuple[Server, ...]:
        """The servers by their addresses; none where the model's name says who is asked."""
        return self.endpoints or ((Server(url=self.api_base),) if self.api_base else ())

    @property
    def place(self) -> tuple[str, str | None]:
        """The model and its addresses: roles of the same place share what is known of it."""
        return self.model, " ".join(server.url for server in self.servers) or None

    @property
    def address(self) -> str:
        """The model and its servers, for messages; without anything secret in the addresses."""
        hosts = ", ".join(without_secrets(server.url) for server in self.servers)
        return f"{self.model} at {hosts}" if hosts else self.model

    @property
    def identity(self) -> dict[str, Any]:
        """What can change the model's answers."""
        known = ("model", "api_base", "temperature", "max_tokens", "seeded", "structured")
        effort = {"reasoning_effort"} if self.reasoning_effort is not None else set[str]()
        shown = {"demonstrations"} if not self.demonstrations else set[str]()
        return self.model_dump(mode="json", include={*known, *effort, *shown})


def without_secrets(url: str | None) -> str:
    """Host and port of an address."""
    return urlsplit(url or "").netloc.rpartition("@")[2]

"""Events reach their handlers in order; one that fails stops the change."""

from dataclasses import dataclass

import pytest

from portal.infra import evenements


@dataclass(frozen=True)
class Signal:
    valeur: int


@dataclass(frozen=True)
class SignalPrecis(Signal):
    detail: str = ""


@pytest.fixture(autouse=True)
def _sans_abonnes():
    with evenements.isolement():
        yield


async def test_handlers_run_in_the_order_of_registration() -> None:
    vus: list[str] = []

    async def premier(evt: Signal) -> None:
        vus.append(f"premier {evt.valeur}")

    async def second(evt: Signal) -> None:
        vus.append(f"second {evt.valeur}")

    evenements.sur(Signal, premier)
    evenements.sur(Signal, second)
    await evenements.publier(Signal(3))
    assert vus == ["premier 3", "second 3"]


async def test_registering_twice_handles_once() -> None:
    vus: list[int] = []

    async def noter(evt: Signal) -> None:
        vus.append(evt.valeur)

    evenements.sur(Signal, noter)
    evenements.sur(Signal, noter)
    await evenements.publier(Signal(1))
    assert vus == [1]
    assert evenements.abonnes(Signal) == [noter]


async def test_a_handler_of_the_general_event_gets_the_precise_one_but_not_the_reverse() -> None:
    vus: list[str] = []

    async def general(evt: Signal) -> None:
        vus.append("general")

    async def precis(evt: SignalPrecis) -> None:
        vus.append("precis")

    evenements.sur(Signal, general)
    evenements.sur(SignalPrecis, precis)
    await evenements.publier(SignalPrecis(1))
    await evenements.publier(Signal(1))
    assert vus == ["general", "precis", "general"]


async def test_a_failing_handler_stops_the_others_and_is_heard() -> None:
    vus: list[int] = []

    async def casser(evt: Signal) -> None:
        raise RuntimeError("refus")

    async def noter(evt: Signal) -> None:
        vus.append(evt.valeur)

    evenements.sur(Signal, casser)
    evenements.sur(Signal, noter)
    with pytest.raises(RuntimeError, match="refus"):
        await evenements.publier(Signal(1))
    assert vus == []

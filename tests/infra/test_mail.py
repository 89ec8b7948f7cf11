"""E-mails go out with their cause, once, whatever the server does (j03)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from portal.infra import clock, jobs, mail
from portal.infra.base import executer, sql1, transaction
from portal.infra.mail import message, smtp

A = "lea.dupont@exemple.fr"


class Boite:
    """An SMTP server's memory, and what it answers."""

    def __init__(self) -> None:
        self.recus: list[Any] = []
        self.a_rcpt = "250 OK"
        self.a_data = "250 OK"
        self.silence = 0.0

    async def handle_RCPT(self, serveur, session, enveloppe, adresse, options) -> str:
        if self.a_rcpt.startswith("250"):
            enveloppe.rcpt_tos.append(adresse)
        return self.a_rcpt

    async def handle_DATA(self, serveur, session, enveloppe) -> str:
        await asyncio.sleep(self.silence)
        if self.a_data.startswith("250"):
            self.recus.append((enveloppe.rcpt_tos, enveloppe.content))
        return self.a_data

    def messages(self) -> list[Any]:
        return [message_from_bytes(contenu, policy=default) for _, contenu in self.recus]


@contextlib.asynccontextmanager
async def serveur(boite: Boite, port: int = 0) -> AsyncIterator[int]:
    boucle = asyncio.get_running_loop()
    ecoute = await boucle.create_server(
        lambda: SMTP(boite, hostname="essai", loop=boucle), "127.0.0.1", port
    )
    try:
        yield ecoute.sockets[0].getsockname()[1]
    finally:
        ecoute.close()
        await ecoute.wait_closed()


@pytest.fixture
def en_production(file_vide, regler):
    """Mail really goes out, to the port that is given."""

    def vers(port: int) -> None:
        regler(demo="false", smtp_url=f"smtp://127.0.0.1:{port}", mail_from="portail@opco.example")

    return vers


async def etat(id_: int | None) -> dict[str, Any]:
    ligne = await sql1("select etat, essais, erreur, envoye_le from courriel where id = $1", id_)
    assert ligne is not None
    return ligne


async def port_libre() -> int:
    async with serveur(Boite()) as port:
        return port


async def test_a_message_arrives_whole_with_a_message_id_of_its_row(en_production) -> None:
    boite = Boite()
    async with serveur(boite) as port:
        en_production(port)
        id_ = await mail.poster(A, "Votre code : été", "Bonjour Léa,\n\nVoici « 123456 ».\n")
        await jobs.vider()
    (recu,) = boite.messages()
    assert boite.recus[0][0] == [A]
    assert recu["Subject"] == "Votre code : été"
    assert recu["From"] == "OPCO Démo <portail@opco.example>"
    assert recu["Auto-Submitted"] == "auto-generated"
    assert recu.get_content().splitlines() == ["Bonjour Léa,", "", "Voici « 123456 »."]
    uid = await sql1("select uid from courriel where id = $1", id_)
    assert recu["Message-ID"] == f"<{uid and uid['uid']}@opco.example>"
    fait = await etat(id_)
    assert (fait["etat"], fait["essais"]) == ("envoye", 1)
    assert fait["envoye_le"] is not None


async def test_a_message_of_a_change_that_is_rolled_back_does_not_exist(en_production) -> None:
    async def poster_puis_annuler() -> None:
        async with transaction():
            await mail.poster(A, "Non", "Non")
            raise RuntimeError("annulé")

    with pytest.raises(RuntimeError, match="annulé"):
        await poster_puis_annuler()
    assert await sql1("select 1 from courriel") is None
    assert await jobs.vider() == 0


async def test_a_key_is_written_once(en_production) -> None:
    assert await mail.poster(A, "Un", "Un", cle="accord:12") is not None
    assert await mail.poster(A, "Un", "Un", cle="accord:12") is None
    assert await mail.poster(A, "Un", "Un", cle="accord:13") is not None


async def test_a_server_that_is_down_delays_and_then_sends_once(en_production) -> None:
    port = await port_libre()
    en_production(port)
    id_ = await mail.poster(A, "Bonjour", "Bonjour")
    for essai in (1, 2, 3):
        assert await jobs.vider(sans_attendre=True) == 1
        attendu = await etat(id_)
        assert (attendu["etat"], attendu["essais"]) == ("a_envoyer", essai)
        assert "injoignable" in attendu["erreur"]
    boite = Boite()
    async with serveur(boite, port):
        await jobs.vider(sans_attendre=True)
        await jobs.vider(sans_attendre=True)
    assert len(boite.recus) == 1
    fini = await etat(id_)
    assert (fini["etat"], fini["essais"], fini["erreur"]) == ("envoye", 4, None)


async def test_waiting_grows_and_ends_after_two_days(en_production) -> None:
    en_production(await port_libre())
    id_ = await mail.poster(A, "Bonjour", "Bonjour")
    attentes = []
    for _ in range(4):
        await jobs.vider(sans_attendre=True)
        job = await sql1("select scheduled_at from procrastinate_jobs where status = 'todo'")
        assert job is not None
        attentes.append(round((job["scheduled_at"] - clock.instant()).total_seconds() / 60))
    assert attentes == [1, 2, 5, 10]
    await executer("update courriel set cree_le = cree_le - interval '48 hours'")
    await jobs.vider(sans_attendre=True)
    assert (await etat(id_))["etat"] == "abandonne"
    assert await jobs.vider(sans_attendre=True) == 0


@pytest.mark.parametrize(
    ("rcpt", "data", "attendu"),
    [
        ("550 no such user", "250 OK", "abandonne"),
        ("250 OK", "554 spam", "abandonne"),
        ("451 greylisted", "250 OK", "a_envoyer"),
        ("250 OK", "451 busy", "a_envoyer"),
        ("250 OK", "421 closing", "a_envoyer"),
    ],
)
async def test_a_refusal_for_good_gives_up_and_one_for_now_waits(
    en_production, rcpt: str, data: str, attendu: str
) -> None:
    boite = Boite()
    boite.a_rcpt, boite.a_data = rcpt, data
    async with serveur(boite) as port:
        en_production(port)
        id_ = await mail.poster(A, "Bonjour", "Bonjour")
        await jobs.vider()
        fait = await etat(id_)
        assert (fait["etat"], fait["essais"]) == (attendu, 1)
        assert A not in fait["erreur"]
        boite.a_rcpt = boite.a_data = "250 OK"
        await jobs.vider(sans_attendre=True)
    assert len(boite.recus) == (1 if attendu == "a_envoyer" else 0)


async def test_a_server_that_hangs_is_left(en_production, monkeypatch) -> None:
    monkeypatch.setattr(smtp, "DELAI", 0.3)
    boite = Boite()
    boite.silence = 1.0
    async with serveur(boite) as port:
        en_production(port)
        id_ = await mail.poster(A, "Bonjour", "Bonjour")
        await jobs.vider()
        assert (await etat(id_))["etat"] == "a_envoyer"
        await asyncio.sleep(1.0)


async def test_two_workers_send_one_message(en_production) -> None:
    boite = Boite()
    boite.silence = 0.2
    async with serveur(boite) as port:
        en_production(port)
        id_ = await mail.poster(A, "Bonjour", "Bonjour")
        assert id_ is not None

        async def envoyer() -> None:
            async with transaction():
                await mail.envoyer(id_)

        await asyncio.gather(*(asyncio.create_task(envoyer()) for _ in range(3)))
    assert len(boite.recus) == 1


async def test_without_a_server_messages_wait(file_vide, regler) -> None:
    regler(demo="false", smtp_url="")
    id_ = await mail.poster(A, "Bonjour", "Bonjour")
    await jobs.vider()
    fait = await etat(id_)
    assert fait["etat"] == "a_envoyer"
    assert "PORTAL_SMTP_URL" in fait["erreur"]


async def test_in_the_demo_the_table_is_the_outbox(file_vide) -> None:
    id_ = await mail.poster(A, "Bonjour", "Bonjour")
    await jobs.vider()
    assert (await etat(id_))["etat"] == "envoye"


async def test_old_messages_are_forgotten_but_never_one_that_waits(file_vide) -> None:
    parti = await mail.poster(A, "Parti", "x")
    await jobs.vider()
    attend = await mail.poster(A, "Attend", "x")
    await executer("update courriel set cree_le = $1", clock.instant() - timedelta(days=31))
    await jobs.lancer("mail.purger")
    assert await sql1("select 1 from courriel where id = $1", parti) is None
    assert await sql1("select 1 from courriel where id = $1", attend) is not None


@pytest.mark.parametrize(
    "brut",
    [
        "", "lea", "lea@", "@exemple.fr", "lea@exemple", "a@b.fr, c@d.fr", "a@b.fr\nBcc: c@d.fr",
        "Léa <a@b.fr>", "a b@c.fr", "a@b.fr\x00", "a" * 65 + "@b.fr", "a@" + "b" * 260 + ".fr",
        "léa@exemple.fr", ".a@b.fr", "a..b@c.fr",
    ],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused(brut: str) -> None:
    with pytest.raises(mail.AdresseRefusee) as refus:
        mail.adresse(brut)
    assert not brut or brut not in str(refus.value)


def test_an_address_is_brought_to_one_form() -> None:
    assert mail.adresse("  Lea.Dupont+x@Exemple.FR ") == "Lea.Dupont+x@exemple.fr"


async def test_no_text_can_add_a_header_or_a_recipient(en_production) -> None:
    boite = Boite()
    async with serveur(boite) as port:
        en_production(port)
        await mail.poster(
            A, "Sujet\r\nBcc: pirate@x.fr\r\n\r\nCorps", "Corps\r\n.\r\nRCPT TO:<p@x>"
        )
        await jobs.vider()
    assert [destinataires for destinataires, _ in boite.recus] == [[A]]
    (recu,) = boite.messages()
    assert recu["Bcc"] is None
    assert recu["Subject"] == "Sujet Bcc: pirate@x.fr Corps"
    assert "RCPT TO" in recu.get_content()


def test_the_sender_s_name_can_add_nothing_either() -> None:
    compose = message.composer(
        uid="u", de="OPCO <p@opco.example>", nom="OPCO\r\nBcc: x@y.fr", a=A, sujet="S", texte="T",
        le=clock.instant(),
    )  # fmt: skip
    assert compose["Bcc"] is None
    assert compose["From"].addresses[0].addr_spec == "p@opco.example"

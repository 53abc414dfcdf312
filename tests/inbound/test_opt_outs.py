"""Replies that ask not to be contacted any more, and replies that only sound alike."""

import pytest

from tests.support.inbound_rows import HOUR, check_constraints, deliver, reply, take_in
from tests.support.rows import NOON
from tests.support.web_apps import new_relation

LATER = NOON + 2 * HOUR
ASKS = r"""
Stop
STOP!!!
stop.
Please stop.
Stop, please
stop 🛑
Unsubscribe
UNSUBSCRIBE please
unsubscribe me
Please unsubscribe me from this list
Can you unsubscribe me?
I'd like to unsubscribe
How do I unsubscribe?
Remove me
Remove me from your list.
Hi Anna, please remove me from your mailing list. Thanks
Hello! Could you please remove me from this? Best, Ada
Take me off your list
Please take me off this campaign
Stop messaging me
Please stop contacting me, I have told you before
Stop sending me these
Opt out
opt-out
Opt me out please
Don’t contact me again
Do not contact me.
Please don't message me anymore
Never contact me again, thank you
Leave me alone
Delete my data please
Please delete my data under the GDPR, including what your colleagues hold about me
Stop. I have asked you three times, and my lawyer will write to you if this goes on
> Hi Ada, would you be open to a call?\nStop
Stopp
Bitte abmelden
Bitte entfernen Sie mich aus Ihrem Verteiler
Kontaktieren Sie mich nicht mehr
Löschen Sie meine Daten
Désabonner
Merci de ne plus me contacter
Veuillez me retirer de votre liste
Désinscrivez-moi, s'il vous plaît
Ne me contactez plus
Por favor, no me escriba más
Quiero darme de baja
Elimíneme de su lista
Por favor me remova da lista
Não me contate mais
Per favore, rimuovimi dalla lista
Non mi contatti più
Graag uitschrijven
Verwijder mij uit uw bestand
Ta bort mig från listan
Proszę mnie usunąć z listy
Lütfen mesaj atmayın
Пожалуйста, удалите меня из списка
Не пишите мне
ＳＴＯＰ
  stop  \n\n Ada Byron\nCEO
"""
DOES_NOT = r"""
Don't stop
Please don't stop, I love these
don’t stop believing
Non-stop!
We work non-stop here
nonstop
Full stop.
One-stop shop
Stop by our booth on Monday
Can you stop by tomorrow?
I'll stop by your office
The buck stops here
We had to stop our project last year
Our budget will stop in March, so let us talk before
Not interested
No thanks
No, thank you
Sorry, not interested right now
Sounds good!
Sure, let's talk
Please send me more
Who removed me from the meeting?
Please remove the second slide
We remove friction for sales teams
Unsubscribe rates are our main problem
How do you keep unsubscribe rates low?
We help people unsubscribe
I unsubscribed from LinkedIn Premium
Could you remove that typo?
You removed me as a connection, why?
Don't remove me!
Please do not remove me from the list
I don't want to unsubscribe
Never mind
Never contacted you before, who are you?
Don't message me here, write to ada@example.com
Don't contact me before Monday, I'm on leave
I am happy to talk. When we stop growing, remove me, until then I am all ears
I read all of it and liked it, though most people would just say unsubscribe
The project will end in June
In the end, yes
This never ends
Weekend works
Endlich mal eine gute Nachricht
Wir stoppen gerade alle Projekte
Kein Interesse
Ich melde mich morgen
Melden Sie sich gern
Können Sie mir mehr schicken?
Je ne suis pas intéressé
Je ne veux pas arrêter la discussion
Arrêtez-vous à notre stand
No me interesa
Baja el precio y hablamos
Pare um momento e pense
Non mi interessa
Basta una telefonata
Niet geïnteresseerd
Stopcontact
Nie teraz, dziękuję
👍
...
"""


def lines(text):
    return [line.replace("\\n", "\n") for line in text.strip("\n").split("\n")]


def phrase_of(connection, text):
    return connection.execute(
        "select outreach.opt_out_phrase_of(%s)", [text]
    ).fetchone()[0]


def test_there_are_60_replies_of_each_kind():
    assert len(set(lines(ASKS))) >= 60
    assert len(set(lines(DOES_NOT))) >= 60


@pytest.mark.parametrize("text", lines(ASKS))
def test_a_reply_asks(connection, text):
    assert phrase_of(connection, text) is not None


@pytest.mark.parametrize("text", [*lines(DOES_NOT), "", None])
def test_a_reply_does_not_ask(connection, text):
    assert phrase_of(connection, text) is None


def test_a_long_reply_is_read_in_its_beginning_only(connection):
    prose = "We are a company of four hundred people in the north of Europe. "
    assert phrase_of(connection, prose * 400 + "Stop.") is None
    assert phrase_of(connection, "Stop. " + prose * 400) == "stop"


def test_every_phrase_is_found_by_itself(connection):
    missed = connection.execute(
        "select phrase from outreach.opt_out_phrases where reads <> 'polite'"
        " and outreach.opt_out_phrase_of(phrase) is null"
    ).fetchall()
    assert missed == []


def settings_of(connection, invited, **settings):
    connection.execute(
        "update outreach.campaigns set settings = jsonb_strip_nulls("
        "jsonb_build_object('on_opt_out', %s::text, 'stop_on_reply', %s::boolean))"
        " where campaign_id = %s",
        [
            settings.get("on_opt_out"),
            settings.get("stop_on_reply"),
            invited.campaign_id,
        ],
    )


def say(connection, invited, text, message_id="m1", at=LATER):
    deliver(connection, reply(invited, message_id, at) | {"message": text}, at)
    _, report = take_in(connection)
    check_constraints(connection)
    return report


def is_marked(connection, invited):
    return connection.execute(
        "select do_not_contact_reason from outreach.prospects"
        " where workspace_id = %s and prospect_id = %s",
        [invited.workspace_id, invited.prospect_id],
    ).fetchone()[0]


def alerts(connection, invited):
    return connection.execute(
        "select message, resolved_at is null from outreach.linkedin_admin_alerts"
        " where workspace_id = %s and code = 'reply_asks_for_no_contact'"
        " and subject = 'person ' || %s order by alert_id",
        [invited.workspace_id, invited.prospect_id],
    ).fetchall()


def test_a_stop_ends_the_sequence_and_proposes_the_mark_once(connection, invited):
    settings_of(connection, invited, stop_on_reply=False)
    deliver(
        connection, new_relation(invited.provider_account, invited.person), NOON + HOUR
    )
    report = say(connection, invited, "Please stop!")

    assert (report.stopped, report.marked) == (1, 0)
    assert invited.row()[0] == "replied"
    assert invited.live_jobs() == []
    assert is_marked(connection, invited) is None
    ((message, is_open),) = alerts(connection, invited)
    assert message.startswith(
        f'Ada (person {invited.prospect_id}) replied "stop" and gets no further step'
    )
    assert is_open

    connection.execute(
        "select outreach.resolve_admin_alert(%s, 'reply_asks_for_no_contact', %s)",
        [invited.workspace_id, f"person {invited.prospect_id}"],
    )
    take_in(connection)
    assert [is_open for _, is_open in alerts(connection, invited)] == [False]
    say(connection, invited, "STOP", "m2", LATER + HOUR)
    assert [is_open for _, is_open in alerts(connection, invited)] == [False, True]


def test_a_campaign_may_mark_at_once(connection, invited):
    settings_of(connection, invited, on_opt_out="mark")
    report = say(connection, invited, "Remove me from your list")
    assert report.marked == 1
    assert is_marked(connection, invited) == 'replied "remove me"'
    assert [is_open for _, is_open in alerts(connection, invited)] == [False]
    assert take_in(connection)[1].marked == 0


def test_a_proposal_is_over_once_the_person_is_marked(connection, invited):
    say(connection, invited, "unsubscribe")
    connection.execute(
        "select outreach.mark_do_not_contact(%s, %s, 'asked', 'Ada')",
        [invited.workspace_id, invited.prospect_id],
    )
    take_in(connection)
    assert [is_open for _, is_open in alerts(connection, invited)] == [False]


def test_another_reply_proposes_nothing(connection, invited):
    settings_of(connection, invited, on_opt_out="mark")
    report = say(connection, invited, "Don't stop, tell me more")
    assert (report.stopped, report.marked) == (1, 0)
    assert is_marked(connection, invited) is None
    assert alerts(connection, invited) == []

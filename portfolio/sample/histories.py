"""What happens to a signed commitment: payments, amendments, what comes back, and the end."""

from portfolio.sample.market import in_base, in_parts, next_month, workday, written
from portfolio.sample.teller import COIN, Draft, Share, Teller

# A thousand of the currency, in hundredths: nobody promises odd amounts.
THOUSAND = 100_000


class History:
    """The time after the signature, told tranche by tranche. It stops at the last day of the sample.

    `now` is the day on which the last thing was recorded. What needs an earlier state to be there
    already is dated in a later month, because the months are loaded one after the other.
    """

    def __init__(
        self, teller: Teller, draft: Draft, tranches: list[tuple[int, int, int]], now: int
    ) -> None:
        self.teller, self.draft, self.tranches, self.now = teller, draft, tranches, now
        self.chance, self.last = teller.chance, teller.market.last
        self.amendments = self.written_off = self.refunded = 0

    def tell(self) -> None:
        """Tranche by tranche; then what came of it."""
        place = 0
        while place < len(self.tranches):
            fate = self.chance.random()
            if place and fate < 0.04:
                self.increase()
            elif place and fate < 0.08:
                self.decrease(place)
            elif place and fate < 0.095:
                self.cancel("The production is abandoned")
                return
            posted = self.draw(place)
            if not posted:
                return
            fate = self.chance.random()
            if fate < 0.012 and self.take_back(place, posted):
                continue  # it is drawn again
            if fate > 0.98:
                self.refund()
            place += 1
        self.end()

    def draw(self, place: int) -> list[int]:
        """Request, approval and payment of a tranche; the entries, or none where the days run out."""
        teller, draft, chance = self.teller, self.draft, self.chance
        tranche, amount, due = self.tranches[place]
        asked = workday(max(due + chance.randrange(-10, 30), self.now + 1))
        decided = workday(asked + chance.randrange(1, 9))
        paid = workday(decided + chance.randrange(1, 8))
        recorded = teller.soon(paid, 5)
        if asked > self.last:
            return []
        is_paid, is_decided = recorded <= self.last, decided <= self.last
        turn = teller.turns[recorded if is_paid else decided if is_decided else asked]
        officer = chance.choice(teller.world.officers)
        request = teller.request(
            draft, "PAYMENT", amount, turn=turn, asked=asked,
            decided=decided if is_decided else None, officer=officer, tranche=tranche,
        )  # fmt: skip
        outcome = "PAID" if is_paid else "APPROVED" if is_decided else "REQUESTED"
        teller.rows["draw"].append(
            (tranche, turn, outcome, teller.ids("drawdown"), teller.moment(asked), officer,
             teller.market.written[asked], f"INV-{teller.promises:07}-{place + 1}",
             teller.moment(decided) if is_decided else None, chance.choice(teller.world.approvers),
             teller.moment(recorded) if is_paid else None)
        )  # fmt: skip
        if not is_paid:
            return []
        rate = teller.market.rate(draft.currency, paid)
        parts, left = [], amount
        for share in draft.shares:  # the oldest fiscal year first
            take = min(left, share.left)
            if take:
                whole = take == share.left
                promised = share.left_base if whole else in_base(take, draft.rate.scaled)
                parts.append((share, take, in_base(take, rate.scaled), promised))
                share.disbursed += take
                share.disbursed_base += promised
                left -= take
        self.now, self.paid_parts = recorded, parts
        self.paid_rate = rate
        return teller.post(
            draft, "DISBURSEMENT", parts, day=paid, recorded=recorded, rate=rate, approval=request,
            tranche=tranche,
        )  # fmt: skip

    def take_back(self, place: int, posted: list[int]) -> bool:
        """Reverse the payment just made, as it went to a wrong account; the tranche is open again."""
        teller, draft = self.teller, self.draft
        tranche, amount, _due = self.tranches[place]
        asked = workday(next_month(self.now) + self.chance.randrange(10))
        decided = workday(asked + 3)
        day = workday(decided + 1)
        recorded = teller.soon(day, 3)
        if recorded > self.last:
            return False
        turn = teller.turns[recorded]
        officer = self.chance.choice(teller.world.officers)
        request = teller.request(
            draft, "REVERSAL", amount, turn=turn, asked=asked, decided=decided, officer=officer,
            reason="Paid to a wrong account", entry=posted[0],
        )  # fmt: skip
        back = []
        for share, part, base, promised in self.paid_parts:
            share.disbursed -= part
            share.disbursed_base -= promised
            back.append((share, -part, -base, -promised))
        teller.post(
            draft, "DISBURSEMENT", back, day=day, recorded=recorded, rate=self.paid_rate,
            approval=request, tranche=tranche, reverses=posted,
        )  # fmt: skip
        teller.rows["back"].append((tranche, turn, teller.moment(recorded), officer))
        self.now = recorded
        self.tranches[place] = (tranche, amount, next_month(recorded) + 12)
        teller.turns.pass_on()
        return True

    def refund(self) -> None:
        """A part of what was paid comes back, to the share that paid last."""
        teller, draft = self.teller, self.draft
        share = next(share for share in reversed(draft.shares) if share.disbursed)
        amount = share.disbursed * self.chance.randrange(5, 30) // 100 // THOUSAND * THOUSAND
        day = workday(self.now + self.chance.randrange(10, 60))
        recorded = teller.soon(day, 5)
        if recorded > self.last or not amount:
            return
        rate = teller.market.rate(draft.currency, day)
        promised = in_base(amount, draft.rate.scaled)
        share.disbursed -= amount
        share.disbursed_base -= promised
        self.refunded += amount
        teller.post(
            draft, "REFUND", [(share, amount, in_base(amount, rate.scaled), promised)], day=day,
            recorded=recorded, rate=rate, approval=None,
        )  # fmt: skip
        self.now = recorded

    # --- Amendments -----------------------------------------------------------------------------

    def increase(self) -> None:
        """More is promised, with a tranche of its own."""
        amount = max(self.tranches[-1][1] // 3 // THOUSAND, 1) * THOUSAND
        tranche, due = self.teller.ids("tranche"), self.tranches[-1][2] + 60
        recorded = self.amend(amount, tranche, len(self.tranches) + 1, amount, due)
        if recorded:
            share = self.draft.shares[-1]
            base = in_base(amount, self.draft.rate.scaled)
            share.committed += amount
            share.committed_base += base
            self.teller.promised[share.allocation] += base
            self.tranches.append((tranche, amount, due))

    def decrease(self, place: int) -> None:
        """Less is promised; the last tranche is shortened."""
        tranche, whole, due = self.tranches[-1]
        amount = whole // 3 // THOUSAND * THOUSAND
        share = self.draft.shares[-1]
        if not 0 < amount < share.left or place >= len(self.tranches):
            return
        if self.amend(-amount, tranche, None, whole - amount, None):
            share.committed -= amount
            share.committed_base -= in_base(amount, self.draft.rate.scaled)
            self.tranches[-1] = (tranche, whole - amount, due)

    def amend(
        self, change: int, tranche: int, number: int | None, amount: int, due: int | None
    ) -> int:
        """Drafted, approved and signed; the day it was recorded, or 0 where the days run out."""
        teller, draft, chance = self.teller, self.draft, self.chance
        drafted = workday(next_month(self.now) + chance.randrange(4))
        decided, signed = workday(drafted + 6), workday(drafted + 10)
        recorded = teller.soon(signed, 4)
        if recorded > self.last:
            return 0
        self.amendments += 1
        turn, share = teller.turns[recorded], draft.shares[-1]
        written_due = teller.market.written[due] if due else None
        officer = chance.choice(teller.world.officers)
        amendment, paper = teller.ids("amendment"), teller.ids("agreement_amendment")
        reason = "More days of shooting" if change > 0 else "Fewer episodes"
        teller.rows["agreement_amendment"].append(
            (paper, draft.agreement, self.amendments, "INCREASE" if change > 0 else "DECREASE",
             teller.market.written[signed], written(change), draft.currency, reason)
        )  # fmt: skip
        request = teller.request(
            draft, "AMENDMENT", abs(change), turn=turn, asked=drafted, decided=decided,
            officer=officer, reason=reason, amendment=amendment,
        )  # fmt: skip
        teller.rows["amendment"].append(
            (amendment, turn, draft.id, self.amendments, paper, written(change), reason,
             written_due, share.allocation, teller.ids("amendment_split"), tranche, number,
             written(amount), teller.moment(drafted), officer, teller.moment(decided),
             teller.moment(recorded))
        )  # fmt: skip
        base = in_base(abs(change), draft.rate.scaled)
        teller.post(
            draft, "COMMITMENT" if change > 0 else "DE_COMMITMENT", [(share, abs(change), base, base)],
            day=signed, recorded=recorded, rate=draft.rate, approval=request,
        )  # fmt: skip
        # What is drawn next is drawn in a later month.
        self.now = next_month(recorded)
        teller.turns.pass_on()
        return recorded

    # --- The end --------------------------------------------------------------------------------

    def cancel(self, reason: str) -> None:
        """What is outstanding is taken back, and the commitment ends."""
        teller, draft = self.teller, self.draft
        asked = workday(next_month(self.now) + self.chance.randrange(5))
        decided = workday(asked + 5)
        day = workday(decided + 1)
        recorded = teller.soon(day, 3)
        left = [share for share in draft.shares if share.left]
        if recorded > self.last or not left:
            return
        turn, officer = teller.turns[recorded], self.chance.choice(teller.world.officers)
        request = teller.request(
            draft, "CANCELLATION", sum(share.left for share in left), turn=turn, asked=asked,
            decided=decided, officer=officer, reason=reason,
        )  # fmt: skip
        teller.post(
            draft, "DE_COMMITMENT",
            [(share, share.left, share.left_base, share.left_base) for share in left],
            day=day, recorded=recorded, rate=draft.rate, approval=request,
        )  # fmt: skip
        teller.rows["end"].append(
            (draft.id, turn, "CANCELLED", teller.moment(recorded), officer, reason)
        )
        self.now = recorded

    def end(self) -> None:
        """All is drawn: it is closed, and what the title earns comes back quarter by quarter."""
        teller, draft, chance = self.teller, self.draft, self.chance
        if any(share.left for share in draft.shares):
            if chance.random() < 0.7:
                self.cancel("What came back is not needed any more")
        elif chance.random() < 0.85:
            day = workday(next_month(self.now) + chance.randrange(15))
            if day <= self.last:
                officer = chance.choice(teller.world.officers)
                teller.rows["end"].append(
                    (draft.id, teller.turns[day], "CLOSED", teller.moment(day), officer, "")
                )
        fate = chance.random()
        if fate < 0.55:
            self.recoup()
        elif fate < 0.58:
            self.write_off()

    def recoup(self) -> None:
        """What comes back from the results, shared as it was paid."""
        teller, draft, chance = self.teller, self.draft, self.chance
        paid = [share for share in draft.shares if share.disbursed]
        total = sum(share.disbursed for share in paid)
        day = self.now + chance.randrange(60, 300)
        for _ in range(chance.randrange(6, 40)):
            day = workday(day + chance.randrange(20, 50))
            recorded = teller.soon(day, 8)
            amount = total * chance.randrange(1, 60) // 1000 // 100 * 100
            if recorded > self.last:
                return
            if not amount:
                continue
            rate = teller.market.rate(draft.currency, day)
            shared = in_parts(amount, [share.disbursed for share in paid], COIN[draft.currency])
            parts: list[tuple[Share, int, int, int]] = []
            for share, part in zip(paid, shared, strict=True):
                if part:
                    base = in_base(part, rate.scaled)
                    parts.append((share, part, base, base))
            teller.post(
                draft, "RECOUPMENT", parts, day=day, recorded=recorded, rate=rate, approval=None
            )

    def write_off(self) -> None:
        """A part of what was paid is given up."""
        teller, draft = self.teller, self.draft
        paid = [share for share in draft.shares if share.disbursed]
        asked = workday(self.now + self.chance.randrange(90, 400))
        decided = workday(asked + 7)
        day = workday(decided + 2)
        recorded = teller.soon(day, 4)
        total = sum(share.disbursed for share in paid)
        amount = total * self.chance.randrange(10, 60) // 100 // THOUSAND * THOUSAND
        if recorded > self.last or not amount:
            return
        request = teller.request(
            draft, "WRITE_OFF", amount, turn=teller.turns[recorded], asked=asked, decided=decided,
            officer=self.chance.choice(teller.world.officers), reason="The distributor is insolvent",
        )  # fmt: skip
        rate = teller.market.rate(draft.currency, day)
        shared = in_parts(amount, [share.disbursed for share in paid], COIN[draft.currency])
        parts = []
        for share, part in zip(paid, shared, strict=True):
            base = in_base(part, rate.scaled)
            parts.append((share, part, base, base))
        teller.post(
            draft, "WRITE_OFF", parts, day=day, recorded=recorded, rate=rate, approval=request
        )

"""The witness of passkeys: what devices sign, read by a library that knows their makers' ways. Computation alone."""

import json
from typing import Any, Final

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from messaging.trust.signed_challenges import UNREADABLE, Claim, Made, NotSigned, Party

WRONG: Final = (WebAuthnException, *UNREADABLE)


class LibraryWitness:
    """See `messaging.trust.signed_challenges.Witness`. The library's own default takes owners that were not shown."""

    def asked_to_make(
        self, party: Party, name: str, owner: bytes, challenge: bytes, known: list[bytes]
    ) -> dict[str, Any]:
        """What a browser is given to make one; `known`: those the device may have already."""
        options = generate_registration_options(
            rp_id=party.host,
            rp_name=name,
            user_id=owner,
            user_name=name,
            user_display_name=name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        )
        return _plain(options_to_json(options))

    def asked_to_sign(self, party: Party, challenge: bytes) -> dict[str, Any]:
        """What a browser is given to sign in: any passkey of ours that the device has."""
        options = generate_authentication_options(
            rp_id=party.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
        return _plain(options_to_json(options))

    def made(self, party: Party, claim: Claim) -> Made:
        """A passkey that was made for the challenge it claims, by an owner who was shown. Raises NotSigned."""
        try:
            found = verify_registration_response(
                credential=claim.said,
                expected_challenge=claim.challenge,
                expected_rp_id=party.host,
                expected_origin=party.origin,
                require_user_verification=True,
            )
        except WRONG:
            raise NotSigned from None
        return Made(found.credential_id, found.credential_public_key, found.sign_count)

    def signs_after(self, party: Party, claim: Claim, public_key: bytes, signs: int) -> int:
        """How often it has signed by now. Raises NotSigned, also where it has signed less often than before: a copy."""
        try:
            found = verify_authentication_response(
                credential=claim.said,
                expected_challenge=claim.challenge,
                expected_rp_id=party.host,
                expected_origin=party.origin,
                credential_public_key=public_key,
                credential_current_sign_count=signs,
                require_user_verification=True,
            )
        except WRONG:
            raise NotSigned from None
        return found.new_sign_count


def _plain(options: str) -> dict[str, Any]:
    held: dict[str, Any] = json.loads(options)
    return held

"""Ways to show a reader another Body than the signature covers: signature wrapping, each as an edit of a signed answer."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from ers_sync.fss import xml
from ers_sync.fss.xml import DS, SOAP, WSSE, WSU

from .editing import body_of

ID = f"{{{WSU}}}Id"
Change = Callable[[etree._Element], None]


def copy(element: etree._Element) -> etree._Element:
    return etree.fromstring(etree.tostring(element))


def forged(root: etree._Element, *, id_: str | None = None) -> etree._Element:
    """A copy of the Body that tells another result."""
    made = copy(body_of(root))
    for status in made.iter("{*}ersNumber"):
        status.text = "9999999999"
    if id_ is None:
        del made.attrib[ID]
    else:
        made.set(ID, id_)
    return made


def only(root: etree._Element, tag: str) -> etree._Element:
    found = root.find(f".//{{{DS}}}{tag}")
    assert found is not None
    return found


def security(root: etree._Element) -> etree._Element:
    return xml.only_child(root[0], f"{{{WSSE}}}Security")


def to_header(root: etree._Element) -> None:
    fake = forged(root, id_="x")
    root[0].append(body_of(root))
    root.append(fake)


def to_header_without_id(root: etree._Element) -> None:
    fake = forged(root)
    root[0].append(body_of(root))
    root.append(fake)


def to_header_same_id(root: etree._Element) -> None:
    fake = forged(root, id_=body_of(root).get(ID))
    root[0].append(body_of(root))
    root.append(fake)


def to_security(root: etree._Element) -> None:
    fake = forged(root, id_="x")
    security(root).append(body_of(root))
    root.append(fake)


def to_object(root: etree._Element) -> None:
    """Into ds:Object, where enveloping signatures keep what they sign."""
    fake = forged(root, id_="x")
    etree.SubElement(only(root, "Signature"), f"{{{DS}}}Object").append(body_of(root))
    root.append(fake)


def to_key_info(root: etree._Element) -> None:
    fake = forged(root, id_="x")
    only(root, "KeyInfo").append(body_of(root))
    root.append(fake)


def to_wrapper_before(root: etree._Element) -> None:
    fake = forged(root, id_="x")
    wrapper = etree.Element("{urn:example}wrapper")
    wrapper.append(body_of(root))
    root.insert(0, wrapper)
    root.append(fake)


def to_wrapper_after(root: etree._Element) -> None:
    fake = forged(root, id_="x")
    wrapper = etree.SubElement(root, "{urn:example}wrapper")
    wrapper.append(body_of(root))
    root.insert(1, fake)


def inside_the_forged(root: etree._Element) -> None:
    fake, right = forged(root, id_="x"), body_of(root)
    root.replace(right, fake)
    fake.append(right)


def beside_inside(root: etree._Element) -> None:
    """A second answer in the Body: whoever takes the first child reads the forged one."""
    body_of(root).insert(0, forged(root)[0])


def after_inside(root: etree._Element) -> None:
    body_of(root).append(forged(root)[0])


def first_of_two(root: etree._Element) -> None:
    root.insert(1, forged(root, id_="x"))


def second_of_two(root: etree._Element) -> None:
    root.append(forged(root, id_="x"))


def envelope_in_envelope(root: etree._Element) -> None:
    """The whole signed envelope in the Header of another one."""
    whole = copy(root)
    body = body_of(root)
    root.replace(body, forged(root, id_="x"))
    root[0].append(whole)


def reference_to_the_copy(root: etree._Element) -> None:
    """The reference is turned to the hidden one, so that the reader takes the other."""
    fake, right = forged(root, id_="x"), body_of(root)
    right.set(ID, "hidden")
    root[0].append(right)
    root.append(fake)
    only(root, "Reference").set("URI", "#hidden")


def second_reference_to_the_forged(root: etree._Element) -> None:
    right = body_of(root)
    fake = forged(root, id_="x")
    root[0].append(right)
    root.append(fake)
    second = copy(only(root, "Reference"))
    second.set("URI", "#x")
    only(root, "Reference").addprevious(second)


def plain_id(root: etree._Element) -> None:
    """`Id` without a namespace in place of wsu:Id, where a reader may look first."""
    id_ = body_of(root).get(ID)
    assert id_ is not None
    fake = forged(root)
    fake.set("Id", id_)
    root[0].append(body_of(root))
    root.append(fake)


def xml_id(root: etree._Element) -> None:
    id_ = body_of(root).get(ID)
    assert id_ is not None
    fake = forged(root)
    fake.set("{http://www.w3.org/XML/1998/namespace}id", id_)
    root[0].append(body_of(root))
    root.append(fake)


def body_of_soap12(root: etree._Element) -> None:
    fake = etree.Element("{http://www.w3.org/2003/05/soap-envelope}Body")
    fake.append(forged(root)[0])
    root.append(fake)


def header_after_body(root: etree._Element) -> None:
    root.append(root[0])


def second_header(root: etree._Element) -> None:
    root.insert(0, etree.Element(f"{{{SOAP}}}Header"))


def signature_only(root: etree._Element) -> None:
    root.replace(body_of(root), forged(root, id_=body_of(root).get(ID)))


def signature_of_the_header(root: etree._Element) -> None:
    """The reference is turned to the token, which stands as it stood."""
    token = security(root)[0]
    only(root, "Reference").set("URI", f"#{token.get(ID)}")
    signature_only(root)


WRAPPINGS: dict[str, Change] = {
    change.__name__: change
    for change in (
        to_header,
        to_header_without_id,
        to_header_same_id,
        to_security,
        to_object,
        to_key_info,
        to_wrapper_before,
        to_wrapper_after,
        inside_the_forged,
        beside_inside,
        after_inside,
        first_of_two,
        second_of_two,
        envelope_in_envelope,
        reference_to_the_copy,
        second_reference_to_the_forged,
        plain_id,
        xml_id,
        body_of_soap12,
        header_after_body,
        second_header,
        signature_only,
        signature_of_the_header,
    )
}

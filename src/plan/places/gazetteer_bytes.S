/* SPDX-License-Identifier: MIT */
/* The places of third_party/gazetteer, as they are. */
    .section .rodata
    .global gls_gazetteer_linked
    .hidden gls_gazetteer_linked
    .type gls_gazetteer_linked, %object
    .balign 16
gls_gazetteer_linked:
    .incbin "third_party/gazetteer/gazetteer.bin"
    .size gls_gazetteer_linked, . - gls_gazetteer_linked
    .byte 0
    .section .note.GNU-stack, "", %progbits

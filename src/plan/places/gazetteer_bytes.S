/* SPDX-License-Identifier: MIT */
/* The places of third_party/gazetteer, as they are. */
    .section .rodata
    .global gls_gazetteer_bytes
    .hidden gls_gazetteer_bytes
    .type gls_gazetteer_bytes, %object
    .balign 16
gls_gazetteer_bytes:
    .incbin "third_party/gazetteer/gazetteer.bin"
    .size gls_gazetteer_bytes, . - gls_gazetteer_bytes
    .byte 0
    .section .note.GNU-stack, "", %progbits

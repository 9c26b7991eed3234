/* SPDX-License-Identifier: MIT */
/* The time zone rules of third_party/tzdata, as they are. */
    .section .rodata
    .global gls_zone_data
    .hidden gls_zone_data
    .type gls_zone_data, %object
    .balign 16
gls_zone_data:
    .incbin "third_party/tzdata/zones.bin"
    .size gls_zone_data, . - gls_zone_data
    .global gls_zone_data_end
    .hidden gls_zone_data_end
    .type gls_zone_data_end, %object
gls_zone_data_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits

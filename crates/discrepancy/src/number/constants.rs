//! Constants from arbitrary precision, made by `reference/constants.py`.

/// The rest of ln 2 behind its first two parts.
pub(super) const LN2_REST: f64 = f64::from_bits(0x3A8CC01F97B57A08);
/// 1/n! as high and low part.
pub(super) const INVERSE_FACTORIAL: [[f64; 2]; 24] = [
    [f64::from_bits(0x3FF0000000000000), f64::from_bits(0x0000000000000000)],
    [f64::from_bits(0x3FF0000000000000), f64::from_bits(0x0000000000000000)],
    [f64::from_bits(0x3FE0000000000000), f64::from_bits(0x0000000000000000)],
    [f64::from_bits(0x3FC5555555555555), f64::from_bits(0x3C65555555555555)],
    [f64::from_bits(0x3FA5555555555555), f64::from_bits(0x3C45555555555555)],
    [f64::from_bits(0x3F81111111111111), f64::from_bits(0x3C01111111111111)],
    [f64::from_bits(0x3F56C16C16C16C17), f64::from_bits(0xBBEF49F49F49F49F)],
    [f64::from_bits(0x3F2A01A01A01A01A), f64::from_bits(0x3B6A01A01A01A01A)],
    [f64::from_bits(0x3EFA01A01A01A01A), f64::from_bits(0x3B3A01A01A01A01A)],
    [f64::from_bits(0x3EC71DE3A556C734), f64::from_bits(0xBB6C154F8DDC6C00)],
    [f64::from_bits(0x3E927E4FB7789F5C), f64::from_bits(0x3B3CBBC05B4FA99A)],
    [f64::from_bits(0x3E5AE64567F544E4), f64::from_bits(0xBAFC062E06D1F209)],
    [f64::from_bits(0x3E21EED8EFF8D898), f64::from_bits(0xBAC2AEC959E14C06)],
    [f64::from_bits(0x3DE6124613A86D09), f64::from_bits(0x3A8F28E0CC748EBE)],
    [f64::from_bits(0x3DA93974A8C07C9D), f64::from_bits(0x3A305D6F8A2EFD1F)],
    [f64::from_bits(0x3D6AE7F3E733B81F), f64::from_bits(0x39E1D8656B0EE8CB)],
    [f64::from_bits(0x3D2AE7F3E733B81F), f64::from_bits(0x39A1D8656B0EE8CB)],
    [f64::from_bits(0x3CE952C77030AD4A), f64::from_bits(0x398AC981465DDC6C)],
    [f64::from_bits(0x3CA6827863B97D97), f64::from_bits(0x394EEC01221A8B0B)],
    [f64::from_bits(0x3C62F49B46814157), f64::from_bits(0x38F2650F61DBDCB4)],
    [f64::from_bits(0x3C1E542BA4020225), f64::from_bits(0x387EA72B4AFE3C2F)],
    [f64::from_bits(0x3BD71B8EF6DCF572), f64::from_bits(0xB87D043AE40C4647)],
    [f64::from_bits(0x3B90CE396DB7F853), f64::from_bits(0xB83AEBCDBD20331C)],
    [f64::from_bits(0x3B4761B41316381A), f64::from_bits(0xB7D3423C7D91404F)],
];
/// ln 2 as 256 bits behind the binary point, least limb first.
pub(super) const LN2_LIMBS: [u64; 4] = [0x8A0D175B8BAAFA2B, 0x40F343267298B62D, 0xC9E3B39803F2F6AF, 0xB17217F7D1CF79AB];
